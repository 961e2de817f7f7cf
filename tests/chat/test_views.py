"""Pages of conversations."""

from urllib.parse import quote

from django.urls import reverse

from chat import services as chat
from chat.models import Conversation

HTMX = {"HTTP_HX_REQUEST": "true"}


def test_asking_opens_the_conversation_with_its_first_word(shopper_client, product, shopper):
    url = reverse("chat:ask", args=[product.pk])
    page = shopper_client.get(url)
    assert (page.status_code, Conversation.objects.count()) == (200, 0)
    assert "Teal teapot" in page.content.decode()
    answer = shopper_client.post(url, {"text": "Is it glazed inside?", "client_id": "a1"})
    talk = Conversation.objects.get()
    assert answer["Location"] == f"/chats/{talk.pk}/#newest"
    assert (talk.shopper, talk.product, talk.channel_unread) == (shopper, product, 1)
    assert shopper_client.get(url)["Location"] == f"/chats/{talk.pk}/"


def test_guests_sign_in_and_come_back(client, product, channel):
    for url in (reverse("chat:ask", args=[product.pk]), reverse("chat:message", args=[channel.handle])):
        assert client.get(url)["Location"] == f"{reverse('account_login')}?next={quote(url)}"


def test_both_sides_see_the_thread_and_strangers_do_not(talk, shopper, shopper_client, seller_client, rival_client):
    chat.send_message(conversation=talk, author=shopper, text="Hello <b>there</b>")
    for client in (shopper_client, seller_client):
        html = client.get(f"/chats/{talk.pk}/").content.decode()
        assert "Hello &lt;b&gt;there&lt;/b&gt;" in html
    assert rival_client.get(f"/chats/{talk.pk}/").status_code == 404
    for url in ("/chats/", "/dashboard/saffron_clay/chats/", "/dashboard/saffron_clay/chats/settings/"):
        assert seller_client.get(url).status_code == 200
    assert rival_client.get("/dashboard/saffron_clay/chats/").status_code == 404
