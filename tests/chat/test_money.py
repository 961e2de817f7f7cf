"""Money in a conversation: the card, asking, buying, and what the thread says of it."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator

import pytest
import redis
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from chat import selectors
from chat import services as chat
from chat.models import Message
from core import outbox
from core.models import OutboxMessage
from news.models import News
from payments import services as payments
from payments.models import MoneyRequest, RequestTransition
from sellers import services as sellers
from sellers.models import ChannelMember
from tests.conftest import signed_in
from tests.factories import make_category, make_product_post, make_user
from tests.payments.market import ask as ask_outside
from tests.payments.market import bring_to, fill_wallet, fresh, key

HTMX = {"HTTP_HX_REQUEST": "true"}


def ask(talk, by, amount_minor=100_00, **more) -> Message:
    lines = [payments.Line("Teal teapot", amount_minor, product_id=talk.product_id)]
    return chat.request_money(conversation=talk, by=by, lines=lines, **{"key": key()} | more)


def deliver() -> None:
    """What a worker does after the commits."""
    outbox.deliver_due()
    assert OutboxMessage.objects.exclude(last_error="").count() == 0


def notices(talk) -> list[tuple[str, str]]:
    found = Message.objects.filter(conversation=talk, kind="notice").order_by("pk")
    return list(found.values_list("notice", "side"))


# --- the card


def test_asking_stores_request_and_card_together_and_once(talk, seller, shopper):
    sent = key()
    card = ask(talk, seller, key=sent)
    assert ask(talk, seller, key=sent) == card
    talk.refresh_from_db()
    assert (card.money.buyer, card.money.channel, card.money.state) == (shopper, talk.channel, "requested")
    assert (card.kind, card.side, talk.last_message, talk.shopper_unread) == ("money", "channel", card, 1)
    assert (MoneyRequest.objects.count(), Message.objects.count()) == (1, 1)


def test_only_the_team_asks_and_nothing_stays_behind(talk, shopper, seller, channel):
    viewer = make_user()
    ChannelMember.objects.create(channel=channel, person=viewer, role="viewer")
    for person in (shopper, viewer, make_user()):
        with pytest.raises(chat.NotAllowed):
            ask(talk, person)
    chat.block(conversation=talk, by=shopper)
    with pytest.raises(chat.Blocked):
        ask(talk, seller)
    assert (MoneyRequest.objects.count(), Message.objects.count()) == (0, 0)


def test_the_database_keeps_one_card_a_request(talk, seller):
    card = ask(talk, seller)
    for columns in ({"money": card.money, "client_id": "again"}, {"money": None, "client_id": "none"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.create(conversation=talk, kind="money", side="channel", **columns)


@pytest.mark.parametrize("count", [1, 3])
def test_a_thread_shows_its_cards_in_a_constant_number_of_queries(
    talk, seller, shopper, shopper_client, seller_client, count, django_assert_num_queries
):
    for _ in range(count):
        ask(talk, seller)
    with django_assert_num_queries(5):
        thread = selectors.get_messages(selectors.get_seat(shopper, talk.pk))
    assert [line.card.is_buyer for line in thread.lines] == [True] * count
    pages = [client.get(f"/chats/{talk.pk}/").content.decode() for client in (shopper_client, seller_client)]
    assert [page.count('<article class="money open"') for page in pages] == [count, count]
    assert ["You get" in page for page in pages] == [False, True]


WORDS = [
    ({"note": "Cheaper if you pay outside Bisat"}, True),
    ({"note": "Never pay outside Bisat"}, False),
    ({"lines": [payments.Line("To DE89 3704 0044 0532 0130 00", 100_00)]}, True),
]


@pytest.mark.parametrize(("words", "steers"), WORDS)
def test_a_card_is_warned_of_by_its_words_wherever_it_was_asked(talk, channel, shopper, words, steers):
    line = payments.Line("Teal teapot", 100_00)
    given = {"lines": [line]} | words
    inside = chat.request_money(conversation=talk, by=channel.members.get().person, key=key(), **given)
    outside = ask_outside(channel, shopper, **given)
    deliver()
    assert [inside.steers_outside, Message.objects.get(money=outside).steers_outside] == [steers, steers]


def test_both_see_the_warning_under_a_card(talk, seller, shopper_client, seller_client):
    ask(talk, seller, note="Cheaper if you pay outside Bisat")
    for client in (shopper_client, seller_client):
        assert client.get(f"/chats/{talk.pk}/").content.decode().count("Careful: pay through Bisat only.") == 1


def test_the_warning_follows_a_change_of_the_note(talk, seller):
    card = ask(talk, seller)
    for note, steers in (("Pay me off-platform", True), ("Thank you", False)):
        request = fresh(card.money)
        lines = [payments.Line("Teal teapot", 100_00)]
        payments.edit_request(request=request, by=seller, version=request.version, lines=lines, note=note, key=key())
        deliver()
        assert fresh(card).steers_outside is steers


# --- what the thread says


def test_every_milestone_is_told_once_and_counts_for_the_other_side(talk, seller, shopper):
    fill_wallet(shopper, 500_00)
    card = ask(talk, seller)
    bring_to(card.money, "released")
    for _ in range(2):
        for transition in RequestTransition.objects.order_by("pk"):
            chat.tell_transition(transition=transition)
    talk.refresh_from_db()
    assert notices(talk) == [("paid", "shopper"), ("shipped", "channel"), ("released", "shopper")]
    assert (talk.channel_unread, talk.shopper_unread) == (2, 2)  # paid and released; the card and shipped
    last = talk.last_message_id
    for person in (seller, shopper):
        chat.mark_read(conversation=talk, person=person, up_to=last)
    talk.refresh_from_db()
    assert (talk.channel_unread, talk.shopper_unread) == (0, 0)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("declined", [("declined", "shopper")]),
        ("cancelled", [("cancelled", "channel")]),
        ("expired", [("expired", "nobody")]),
        ("refunded", [("paid", "shopper"), ("refunded", "channel")]),
        ("delivered", [("paid", "shopper"), ("shipped", "channel"), ("delivered", "shopper")]),
        (
            "split",
            [
                ("paid", "shopper"),
                ("shipped", "channel"),
                ("refund_asked", "shopper"),
                ("disputed", "shopper"),
                ("decided", "nobody"),
            ],
        ),
    ],
)
def test_what_is_told_of_each_way(talk, seller, shopper, state, told):
    fill_wallet(shopper, 500_00)
    bring_to(ask(talk, seller).money, state)
    deliver()
    assert notices(talk) == told


def test_what_happens_by_itself_counts_for_both(talk, seller):
    bring_to(ask(talk, seller).money, "expired")
    deliver()
    talk.refresh_from_db()
    assert (talk.channel_unread, talk.shopper_unread) == (1, 2)  # the shopper has the card to read too
    card = Message.objects.get(kind="money")
    chat.mark_read(conversation=talk, person=talk.shopper, up_to=card.pk)
    talk.refresh_from_db()
    assert talk.shopper_unread == 1


def test_a_transition_is_told_though_the_process_died_after_its_commit(talk, seller, shopper):
    fill_wallet(shopper, 500_00)
    bring_to(ask(talk, seller).money, "held")  # callbacks of the commit do not run in this test: the process is gone
    assert notices(talk) == []
    deliver()
    assert notices(talk) == [("paid", "shopper")]


@pytest.fixture
def heard() -> Iterator[Callable[[], list[tuple[str, int]]]]:
    """Reads what open pages were told since the last look: (kind, id)."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    with client, client.pubsub(ignore_subscribe_messages=True) as line:
        line.subscribe(settings.STREAM_TOPIC)

        def read() -> list[tuple[str, int]]:
            client.publish(settings.STREAM_TOPIC, "null")  # all before it has come
            words = iter(lambda: json.loads((line.get_message(timeout=10) or {"data": "{}"})["data"]), None)
            return [(word["kind"], word["id"]) for word in words if word]

        yield read


@pytest.mark.django_db(transaction=True)
def test_open_pages_show_the_card_at_once_and_the_rest_follows_by_a_worker(talk, seller, shopper, heard):
    """Nobody's answer waits for it, and with every worker down the money moves all the same."""
    fill_wallet(shopper, 500_00)
    card = ask(talk, seller)
    deliver()
    heard()
    bring_to(card.money, "held")
    assert (fresh(card.money).state, heard()) == ("held", [("card", card.pk)])
    assert (notices(talk), News.objects.filter(kind="money_held").count()) == ([], 0)
    deliver()
    assert heard() == [("message", Message.objects.get(kind="notice").pk)]
    assert (notices(talk), News.objects.filter(kind="money_held").count()) == ([("paid", "shopper")], 1)


class Worker(threading.Thread):
    def run(self) -> None:
        outbox.deliver_due()
        connection.close()


def until_waiting(number: int) -> None:
    """Until so many transactions wait for another one."""
    deadline = time.monotonic() + 20
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0] == number:
                return
            assert time.monotonic() < deadline


@pytest.mark.django_db(transaction=True)
def test_what_came_first_is_told_first_though_two_workers_are_at_it(talk, seller, shopper):
    fill_wallet(shopper, 500_00)
    money = ask(talk, seller).money
    deliver()
    bring_to(money, "shipped")
    paid = money.transitions.get(verb="pay")
    workers = Worker(), Worker()
    with transaction.atomic():
        News.objects.create(person=shopper, kind="money_held", url="/", key=f"money_held:{paid.pk}")
        for number, worker in enumerate(workers, 1):  # the first waits for this news' fate, the second for the first
            worker.start()
            until_waiting(number)
        transaction.set_rollback(True)
    for worker in workers:
        worker.join(20)
    assert notices(talk) == [("paid", "shopper"), ("shipped", "channel")]


def test_a_request_from_the_desk_gets_its_card(channel, shopper):
    request = ask_outside(channel, shopper)
    draft = ask_outside(channel, shopper, as_draft=True)
    deliver()
    card = Message.objects.get(kind="money")
    assert (card.money, card.side, card.conversation.shopper) == (request, "channel", shopper)
    payments.send_request(request=draft, by=channel.members.get().person, key=key())
    deliver()
    assert Message.objects.filter(money=draft, kind="money", conversation=card.conversation).count() == 1


def test_a_draft_of_a_talk_comes_into_it_though_its_thing_has_no_talk_of_its_own(talk, channel, seller, shopper):
    chat.send_message(conversation=talk, author=shopper, text="And the other one?", at=timezone.now())
    lines = [payments.Line("Other pot", 20_00, product_id=make_product_post(channel).product.pk)]
    draft = chat.draft_money(conversation=talk, by=seller, lines=lines, key=key())
    payments.send_request(request=draft, by=seller, key=key())
    deliver()
    assert Message.objects.get(money=draft).conversation == talk


def test_the_receipt_is_linked_once_it_is_paid(talk, seller, shopper, shopper_client):
    fill_wallet(shopper, 500_00)
    money = bring_to(ask(talk, seller).money, "held")
    deliver()
    page = shopper_client.get(f"/chats/{talk.pk}/").content.decode()
    assert page.count(reverse("payments:receipt", args=[money.token])) == 1
    assert f'data-card="{money.token}"' in page
    inbox = shopper_client.get("/chats/").content.decode()
    assert "Paid for Teal teapot. Bisat holds the money." in inbox


# --- asking, as a page


def fields(client, url) -> dict[str, str]:
    form = client.get(url).context["form"]
    return {"key": form["key"].value(), "version": "1", "lines": "1"}


def test_the_form_begins_with_the_thing_and_sends_it(talk, seller_client, product):
    url = f"/chats/{talk.pk}/money/"
    page = seller_client.get(url)
    assert [page.context["form"].rows[0][name].value() for name in ("thing", "title")] == [
        str(product.pk),
        "Teal teapot",
    ]
    assert page.context["form"].totals == {"total": 3800, "fee": 190, "gets": 3610}
    line = {"line0-thing": str(product.pk), "line0-title": "Teal teapot", "line0-quantity": "2", "line0-price": "38"}
    sent = fields(seller_client, url) | line
    for _ in range(2):
        assert seller_client.post(url, sent)["Location"] == f"/chats/{talk.pk}/#newest"
    card = Message.objects.get()
    assert (card.money.amount_minor, card.money.product) == (7600, product)


def test_a_draft_is_kept_for_the_team_and_comes_into_the_thread_when_it_is_sent(
    talk, seller_client, shopper_client, product
):
    url = f"/chats/{talk.pk}/money/"
    line = {"line0-thing": str(product.pk), "line0-title": "Teal teapot", "line0-quantity": "1", "line0-price": "38"}
    sent = fields(seller_client, url) | line
    for _ in range(2):
        kept = seller_client.post(url, sent | {"as_draft": "1"}, follow=True)
    draft = MoneyRequest.objects.get()
    assert (draft.state, Message.objects.count()) == ("draft", 0)
    assert "Kept as a draft. Only your team sees it." in kept.content.decode()
    assert f'<a class="about draft" href="{page_of(draft)}"' in kept.content.decode()
    assert page_of(draft) not in shopper_client.get(f"/chats/{talk.pk}/").content.decode()
    assert shopper_client.get(page_of(draft)).status_code == 404
    seller_client.post(f"{page_of(draft)}send/", {"key": str(uuid.uuid4()), "version": draft.version})
    deliver()
    assert Message.objects.get().money == draft
    assert (
        f'<a class="about draft" href="{page_of(draft)}"'
        not in seller_client.get(f"/chats/{talk.pk}/").content.decode()
    )


def test_of_several_variants_the_team_chooses(channel, shopper, seller_client):
    variants = [sellers.VariantData(options={"size": size}, price_minor=None, stock=3) for size in ("s", "m")]
    thing = make_product_post(channel, category=make_category(attributes=["size"]), variants=variants).product
    talk = chat.open_conversation(shopper=shopper, channel=channel, product=thing)
    url = f"/chats/{talk.pk}/money/"
    form = seller_client.get(url).context["form"]
    assert ([found.token for found in form.found], form.rows[0]["thing"].value()) == (
        [f"{thing.pk}-{variant.pk}" for variant in thing.variants.order_by("pk")],
        None,
    )
    chosen = f"{thing.pk}-{thing.variants.first().pk}"
    assert seller_client.get(f"{url}?thing={chosen}").context["form"].rows[0]["thing"].value() == chosen


def test_asking_is_the_teams_alone_and_is_refused_in_words(talk, shopper, shopper_client, rival_client, seller_client):
    url = f"/chats/{talk.pk}/money/"
    for client in (shopper_client, rival_client):
        assert (client.get(url).status_code, client.post(url).status_code) == (404, 404)
    chat.block(conversation=talk, by=shopper)
    sent = fields(seller_client, url) | {"line0-title": "Pot", "line0-quantity": "1", "line0-price": "5"}
    answer = seller_client.post(url, sent, **HTMX)
    assert (answer.status_code, "does not take messages from your channel" in answer.content.decode()) == (422, True)
    assert "<html" not in answer.content.decode()
    again = seller_client.post(url, sent | {"do": "add"})
    assert (len(again.context["form"].rows), again.status_code) == (2, 200)
    assert MoneyRequest.objects.count() == 0


# --- from the request's page


def page_of(request: MoneyRequest) -> str:
    return f"/requests/{request.token}/"


def test_both_sides_come_back_to_the_card(talk, seller, shopper_client, seller_client, rival_client, client):
    card = ask(talk, seller)
    way = f"{page_of(card.money)}chat/"
    for side in (shopper_client, seller_client):
        assert f'href="{way}"' in side.get(page_of(card.money)).content.decode()
        assert side.get(way)["Location"] == f"{talk.get_absolute_url()}#m{card.pk}"
    assert rival_client.get(way).status_code == 404
    assert client.get(way)["Location"] == f"{reverse('account_login')}?next={way}"


def test_an_old_card_is_found_on_its_own_page_of_the_thread(talk, seller, shopper, shopper_client):
    card = ask(talk, seller)
    for number in range(40):
        chat.send_message(conversation=talk, author=seller, text=f"Word {number}", at=timezone.now())
    address = shopper_client.get(f"{page_of(card.money)}chat/")["Location"]
    assert address == f"{talk.get_absolute_url()}?before={card.pk + 1}#m{card.pk}"
    assert f'id="m{card.pk}"' in shopper_client.get(address).content.decode()


def test_who_does_not_sit_in_the_talk_is_not_led_there(talk, seller, channel):
    viewer = make_user()
    ChannelMember.objects.create(channel=channel, person=viewer, role="viewer")
    request, draft = ask(talk, seller).money, ask_outside(channel, talk.shopper, as_draft=True)
    assert "/chat/" not in signed_in(viewer).get(page_of(request)).content.decode()
    assert signed_in(viewer).get(f"{page_of(request)}chat/").status_code == 404
    assert f"{page_of(draft)}chat/" not in signed_in(seller).get(page_of(draft)).content.decode()


# --- asking outside a conversation

BLOCKED = {"shopper": "does not take messages from your channel", "channel": "You have blocked this conversation."}
TERMS = {"lines": "1", "line0-title": "Two pots", "line0-quantity": "2", "line0-price": "30", "version": "1"}


@pytest.fixture
def block(talk, shopper, seller) -> Callable[[str], None]:
    """The side stops the other from writing."""
    return lambda side: chat.block(conversation=talk, by={"shopper": shopper, "channel": seller}[side])


@pytest.mark.parametrize("side", BLOCKED)
def test_the_desk_asks_nobody_for_money_past_a_block_and_loses_nothing_typed(
    channel, shopper, seller_client, block, side
):
    ask_outside(channel, shopper)  # she is known at the desk
    deliver()
    block(side)
    url = f"/dashboard/{channel.handle}/money/requests/new/"
    sent = TERMS | {"key": str(uuid.uuid4()), "buyer": shopper.pk, "note": "Only for you"}
    answer = seller_client.post(url, sent, **HTMX)
    page = answer.content.decode()
    assert (answer.status_code, BLOCKED[side] in page) == (422, True)
    assert ('value="Two pots"' in page, "Only for you" in page) == (True, True)
    assert f'value="{shopper.pk}" selected' in page
    deliver()
    assert (MoneyRequest.objects.count(), Message.objects.count()) == (1, 1)


def test_what_the_desk_sent_before_the_block_is_found_again_by_the_same_click(channel, shopper, seller_client, block):
    ask_outside(channel, shopper)
    sent = TERMS | {"key": str(uuid.uuid4()), "buyer": shopper.pk}
    url = f"/dashboard/{channel.handle}/money/requests/new/"
    first = seller_client.post(url, sent)
    block("shopper")
    assert seller_client.post(url, sent)["Location"] == first["Location"]
    assert MoneyRequest.objects.count() == 2


@pytest.mark.parametrize("side", BLOCKED)
def test_a_draft_is_not_sent_and_no_request_rewritten_past_a_block(channel, shopper, seller_client, block, side):
    draft, open_ = ask_outside(channel, shopper, as_draft=True), ask_outside(channel, shopper)
    block(side)
    sends = {"key": str(uuid.uuid4()), "version": draft.version}
    edits = TERMS | {"key": str(uuid.uuid4()), "version": open_.version, "note": "Read this"}
    for url, sent in ((f"{page_of(draft)}send/", sends), (f"{page_of(open_)}edit/", edits)):
        answer = seller_client.post(url, sent, **HTMX)
        assert (answer.status_code, BLOCKED[side] in answer.content.decode()) == (422, True)
    assert "Read this" in answer.content.decode()
    assert (fresh(draft).state, fresh(open_).version) == ("draft", open_.version)
