"""The card and the page of a request, receipts and lists: what they say, to whom, for how many queries."""

import pytest

from payments import cards, selectors
from payments import services as payments
from payments.machine import State
from payments.models import Dispute, RefundOffer, RefundRequest
from tests.conftest import signed_in
from tests.factories import make_product_post
from tests.payments.market import PATHS, ask, bring_to, fresh, key, pay
from tests.payments.market import STEPS as PATH_STEPS
from tests.payments.people import make_team

pytestmark = pytest.mark.django_db
CARDS_QUERIES = 2  # terms and offers: what is paid has no more yet, and the buyer no role
PURCHASES_QUERIES = 4
DESK_LIST_QUERIES = 6


@pytest.fixture
def people(channel, buyer):
    return make_team(channel) | {"buyer": buyer}


SENTENCES = {
    "requested": (
        "Nothing is paid yet. When you pay, Bisat holds the money until it arrives.",
        "Nothing is paid yet. Send nothing before Sara has paid: then Bisat holds the money.",
    ),
    "held": (
        "Bisat holds $100 for you. Saffron & Clay gets it when it has arrived.",
        "Bisat holds $100. Ship now: the money is yours when it has arrived.",
    ),
    "released": ("Saffron & Clay has the money: $100 was released.", "The money is yours: $95 after the fee."),
    "refunded": ("You have the money back: $100 is in your wallet.", "Sara has the money back."),
    "declined": ("You declined. No money has moved.", "Sara declined. No money has moved."),
}
STEPS = {
    "requested": "[Asked] Paid Held Shipped Released",
    "held": "Asked Paid [Held] Shipped Released",
    "shipped": "Asked Paid Held [Shipped] Released",
    "delivered": "Asked Paid Held [Delivered] Released",
    "released": "Asked Paid Held Shipped [Released]",
    "refund_requested": "Asked Paid Held Shipped [Refund asked]",
    "disputed": "Asked Paid Held Shipped [Dispute] Decided",
    "declined": "Asked [Declined]",
    "cancelled": "Asked [Taken back]",
}
TONES = {"requested": "open", "held": "safe", "released": "safe", "refund_requested": "warm", "declined": "over"}


@pytest.mark.parametrize("state", SENTENCES)
def test_the_first_sentence_says_who_holds_the_money(people, request_, state):
    request = bring_to(request_, state)
    for who, sentence in zip(("buyer", "owner"), SENTENCES[state], strict=True):
        assert cards.get_card(request, people[who]).sentence == sentence


@pytest.mark.parametrize("state", STEPS)
def test_the_steps_show_the_way_it_went(people, request_, state):
    card = cards.get_card(bring_to(request_, state), people["buyer"])
    assert " ".join(f"[{step.label}]" if step.is_now else step.label for step in card.steps) == STEPS[state]


@pytest.mark.parametrize("state", TONES)
def test_green_is_safe_or_settled_money(people, request_, state):
    assert cards.get_card(bring_to(request_, state), people["buyer"]).tone == TONES[state]


def test_the_card_says_what_happens_by_itself(people, request_):
    request = bring_to(request_, State.SHIPPED)
    buyer, seller = (cards.get_card(request, people[who]) for who in ("buyer", "owner"))
    assert buyer.due.startswith("Released to the seller on ")
    assert buyer.due.endswith(" unless you ask for a refund.")
    assert seller.due.startswith("Released to you on ")
    assert buyer.countdown == "9 days left"


def test_the_seller_sees_fee_and_share_and_the_buyer_does_not(people, request_):
    request = bring_to(request_, State.HELD)
    payments.offer_partial_refund(request=request, by=people["owner"], amount_minor=20_00, key=key())
    payments.accept_offer(offer=selectors.get_open_offer(request), by=people["buyer"], key=key())
    pages = {who: signed_in(people[who]).get(f"/requests/{request.token}/card/").content.decode() for who in people}
    assert ("−$4<" in pages["owner"], "$76" in pages["owner"], "$76" in pages["viewer"]) == (True, True, True)
    assert ("Fee" in pages["buyer"], "−$20" in pages["buyer"]) == (False, True)
    request.refresh_from_db()
    payments.release_request(request=request, by=people["buyer"], key=key())
    assert selectors.get_payable_balance(request.channel) == 76_00


def test_the_card_comes_alone(people, request_):
    page = signed_in(people["buyer"]).get(f"/requests/{request_.token}/card/").content.decode()
    assert page.strip().startswith(f'<article class="money open" id="request-{request_.token}"')
    assert ("data-news" in page, f'href="/requests/{request_.token}/pay/"' in page) == (False, True)
    live = signed_in(people["buyer"]).get(f"/requests/{request_.token}/card/?live").content.decode()
    assert "data-news" in live


def test_a_viewer_of_the_team_looks_and_does_nothing(people, request_):
    page = signed_in(people["viewer"]).get(f"/requests/{request_.token}/").content.decode()
    assert (f'id="request-{request_.token}"' in page, "<footer>" in page) == (True, False)


@pytest.mark.parametrize("state", [*STEPS, "refunded"])
@pytest.mark.parametrize("who", ["buyer", "owner"])
def test_every_state_has_its_page(people, request_, state, who):
    request = bring_to(request_, state)
    page = signed_in(people[who]).get(f"/requests/{request.token}/")
    assert page.status_code == 200
    assert page.content.decode().count("<li><p><b>") == selectors.get_transitions(request)[-1].version


@pytest.mark.parametrize("count", [1, 3])
def test_cards_cost_the_same_for_one_and_three(people, channel, buyer, count, django_assert_num_queries):
    ids = [pay(ask(channel, buyer, 10_00)).pk for _ in range(count)]
    with django_assert_num_queries(CARDS_QUERIES + 1):
        found = cards.get_cards_by_id(ids, buyer)
        assert [[button.label for button in card.buttons] for card in found.values()] == [
            ["Release the money", "Ask for a refund"]
        ] * count


def test_nothing_is_looked_up_about_refunds_of_what_is_not_paid(request_, buyer, django_assert_num_queries):
    with django_assert_num_queries(1):  # terms
        assert cards.get_card(request_, buyer).verbs == ["decline", "apply_coupon", "pay"]


@pytest.mark.parametrize("state", PATHS)
def test_a_card_leaves_nothing_out(request_, buyer, seller, state):
    """It asks only for what may be there in the request's state."""
    for step in PATHS[state].split():
        PATH_STEPS[step](fresh(request_))
        if step == "ship":
            payments.offer_partial_refund(request=request_, by=seller, amount_minor=10_00, key=key())
    card = cards.get_card(fresh(request_), buyer)
    kept = RefundOffer.objects.filter(state="open"), RefundRequest.objects.filter(state="open"), Dispute.objects.all()
    assert [card.offer, card.refund, card.dispute] == [rows.first() for rows in kept]


def test_a_thread_shows_nobody_elses_cards(people, channel, buyer):
    draft, sent = ask(channel, buyer, 10_00, as_draft=True), ask(channel, buyer, 10_00)
    ids = [draft.pk, sent.pk]
    assert set(cards.get_cards_by_id(ids, buyer)) == {sent.pk}
    assert set(cards.get_cards_by_id(ids, people["agent"])) == set(ids)
    assert cards.get_cards_by_id(ids, people["stranger"]) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_purchases_cost_the_same_for_one_and_three(people, channel, buyer, count, django_assert_num_queries):
    lines = [[payments.Line(f"Pot {n}", 10_00)] for n in range(count)]
    titles = [pay(ask(channel, buyer, lines=line)).title for line in lines]
    client = signed_in(buyer)
    with django_assert_num_queries(PURCHASES_QUERIES):
        page = client.get("/purchases/").content.decode()
    assert [page.count(title) for title in titles] == [1] * count


@pytest.mark.parametrize("count", [1, 3])
def test_the_desks_list_costs_the_same_for_one_and_three(people, channel, buyer, count, django_assert_num_queries):
    for _ in range(count):
        pay(ask(channel, buyer, 10_00))
    client = signed_in(people["agent"])
    with django_assert_num_queries(DESK_LIST_QUERIES):
        page = client.get("/dashboard/saffron_clay/money/requests/").content.decode()
    assert page.count("A clay pot") == count


def test_lists_go_on_by_links(people, channel, buyer):
    for number in range(22):
        ask(channel, buyer, 10_00, lines=[payments.Line(f"Pot {number:02}", 10_00)])
    for client, path in (
        (signed_in(buyer), "/purchases/"),
        (signed_in(people["viewer"]), "/dashboard/saffron_clay/money/requests/"),
    ):
        first = client.get(path)
        cursor = first.context["page"].next_cursor
        second = client.get(path, {"after": cursor})
        titles = [card.request.title for page in (first, second) for card in page.context["cards"]]
        assert titles == [f"Pot {number:02}" for number in reversed(range(22))]
        assert client.get(path, {"after": "zz"}).status_code == 404


def test_the_desk_finds_by_state_and_words(people, channel, buyer):
    ask(channel, buyer, 10_00, lines=[payments.Line("Blue bowl", 10_00)])
    pay(ask(channel, buyer, 10_00, lines=[payments.Line("Red bowl", 10_00)]))
    client = signed_in(people["viewer"])

    def found(**query: str) -> list[str]:
        page = client.get("/dashboard/saffron_clay/money/requests/", query)
        return [card.request.title for card in page.context["cards"]]

    assert found(state="held") == ["Red bowl"]
    assert found(q="bowl blue") == ["Blue bowl"]
    assert found(q="sara") == ["Red bowl", "Blue bowl"]
    assert found(q="vase") == []
    assert found(state="nonsense") == ["Red bowl", "Blue bowl"]


def test_a_receipt_stands_once_it_is_paid(people, request_):
    client = signed_in(people["buyer"])
    assert client.get(f"/requests/{request_.token}/receipt/").status_code == 404
    pay(request_)
    page = client.get(f"/requests/{request_.token}/receipt/").content.decode()
    assert ("A clay pot" in page, "$100" in page, ">Fee<" in page) == (True, True, False)


def test_frozen_promises_stay_as_they_were(people, channel, buyer):
    post = make_product_post(channel, price_minor=40_00, delivery="By courier in 2 days")
    request = ask(channel, buyer, lines=[payments.Line("Pot", 40_00, 1, post.product.pk)])
    post.product.delivery = "Never"
    post.product.save(update_fields=["delivery"])
    page = signed_in(buyer).get(f"/requests/{request.token}/").content.decode()
    assert ("By courier in 2 days" in page, "Never" in page) == (True, False)


def test_pages_are_persian(people, request_):
    people["buyer"].set_preferences(language="fa")
    page = signed_in(people["buyer"]).get(f"/requests/{request_.token}/").content.decode()
    assert ('dir="rtl"' in page, "$۱۰۰" in page) == (True, True)
