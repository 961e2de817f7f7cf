"""Buying a thing, in the conversation about it."""

import pytest
from django.urls import reverse

from chat import services as chat
from chat.models import Conversation, Message
from payments.models import MoneyRequest
from sellers import services as sellers
from tests.factories import make_category, make_product_post, make_user
from tests.payments.market import fresh

HTMX = {"HTTP_HX_REQUEST": "true"}
ADDRESS = {
    "to-name": "Sara",
    "to-phone": "+1 503 555 0123",
    "to-country": "US",
    "to-lines": "1 Oak Street",
    "to-city": "Portland",
    "to-region": "OR",
    "to-postal_code": "97205",
}


def order(client, product, **more) -> dict[str, str]:
    form = client.get(reverse("chat:buy", args=[product.pk])).context["form"]
    start = {"key": form["key"].value(), "thing": form["thing"].value(), "quantity": "2", "address": "new"}
    return start | ADDRESS | more


def test_buying_makes_conversation_request_and_card_once(shopper, shopper_client, product):
    url, sent = reverse("chat:buy", args=[product.pk]), order(shopper_client, product)
    first, again = (shopper_client.post(url, sent) for _ in range(2))
    money = MoneyRequest.objects.get()
    assert first["Location"] == again["Location"] == f"/requests/{money.token}/pay/"
    assert (money.amount_minor, money.origin, money.address["city"]) == (7600, "buyer", "Portland")
    card = Message.objects.get()
    assert (card.money, card.side, card.author) == (money, "shopper", shopper)
    talk = Conversation.objects.get()
    assert (talk.product, talk.channel_unread, talk.shopper) == (product, 1, shopper)
    saved = shopper.addresses.get()
    shopper_client.post(url, order(shopper_client, product, address=str(saved.pk)))
    assert (MoneyRequest.objects.count(), shopper.addresses.count(), Conversation.objects.count()) == (2, 1, 1)


def test_the_page_says_who_holds_the_money_and_the_sum(shopper_client, product):
    url = reverse("chat:buy", args=[product.pk])
    page = shopper_client.get(url).content.decode()
    assert "Bisat holds your money. Saffron &amp; Clay gets it when it has arrived" in page
    assert "$38" in page
    part = shopper_client.post(f"{url}?total", {"quantity": "3", "thing": str(product.pk)}, **HTMX)
    assert (part.status_code, "$114" in part.content.decode(), "<form" in part.content.decode()) == (200, True, False)
    typed = order(shopper_client, product, quantity="3") | {"to-city": "Salem"}
    whole = shopper_client.post(f"{url}?total", typed)
    page = whole.content.decode()
    assert (whole.status_code, "$114" in page, 'value="Salem"' in page, typed["key"] in page) == (200, True, True, True)
    assert "This field is required." not in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quantity": "6"}, "There are not so many left."),
        ({"quantity": "0"}, "That number is out of range."),
        ({"to-city": ""}, "This field is required."),
        ({"address": "77"}, "Select a valid choice"),
        ({"thing": "1-2"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(shopper_client, product, changes, words):
    answer = shopper_client.post(reverse("chat:buy", args=[product.pk]), order(shopper_client, product, **changes))
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert (MoneyRequest.objects.count(), Conversation.objects.count()) == (0, 0)


def test_a_variant_is_bought_at_its_price(shopper_client, channel):
    variants = [
        sellers.VariantData(options={"size": size}, price_minor=price, stock=3)
        for size, price in (("s", None), ("m", 5000))
    ]
    thing = make_product_post(channel, category=make_category(attributes=["size"]), variants=variants).product
    dear = thing.variants.get(price_minor=5000)
    url = f"{reverse('chat:buy', args=[thing.pk])}?variant={dear.pk}"
    assert shopper_client.get(url).context["form"].total_minor == 5000
    shopper_client.post(
        reverse("chat:buy", args=[thing.pk]), order(shopper_client, thing, thing=f"{thing.pk}-{dear.pk}")
    )
    assert MoneyRequest.objects.get().amount_minor == 10_000


def test_who_cannot_buy_reads_why(client, channel, product, seller, seller_client, shopper_client):
    url = reverse("chat:buy", args=[product.pk])
    assert client.get(url)["Location"] == f"{reverse('account_login')}?next={url}"
    assert "nobody buys from herself" in seller_client.get(url).content.decode()
    gone = make_product_post(channel, stock=0).product
    assert "It is sold out." in shopper_client.get(reverse("chat:buy", args=[gone.pk])).content.decode()
    sent = order(shopper_client, product)
    sellers.start_holiday(channel=channel, by=seller)
    assert "This channel is on holiday" in shopper_client.get(url).content.decode()
    assert shopper_client.post(url, sent).status_code == 422
    sellers.suspend_channel(channel=fresh(channel), by=make_user(is_staff=True), reason="because")
    assert "This thing is not for sale now." in shopper_client.get(url).content.decode()
    assert MoneyRequest.objects.count() == 0


@pytest.mark.parametrize("side", ["shopper", "channel"])
def test_past_a_block_nothing_is_bought_as_nothing_is_written(talk, shopper, seller, shopper_client, product, side):
    words = {"shopper": "You have blocked this conversation.", "channel": "does not take messages from you."}
    sent = order(shopper_client, product)
    chat.block(conversation=talk, by={"shopper": shopper, "channel": seller}[side])
    answer = shopper_client.post(reverse("chat:buy", args=[product.pk]), sent)
    page = answer.content.decode()
    assert (answer.status_code, words[side] in page, 'value="Portland"' in page) == (422, True, True)
    assert MoneyRequest.objects.count() == 0
