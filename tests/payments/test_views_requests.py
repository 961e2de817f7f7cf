"""The card and the page of a request, receipts and lists: what they say, to whom, for how many queries."""

import pytest

from accounts.models import User
from core.templatetags.bisat import day
from payments import cards, selectors, wording
from payments import services as payments
from payments.machine import State
from payments.models import Dispute, MoneyRequest, RefundOffer, RefundRequest
from tests.conftest import signed_in
from tests.factories import make_product_post
from tests.payments.market import PATHS, ask, ask_in, bring_to, fresh, key, pay, run_out
from tests.payments.market import STEPS as PATH_STEPS
from tests.payments.people import make_team

pytestmark = pytest.mark.django_db
CARDS_QUERIES = 2  # terms and offers: what is paid has no more yet, and the buyer no role
PURCHASES_QUERIES = 4
DESK_LIST_QUERIES = 6


@pytest.fixture
def people(channel, buyer):
    return make_team(channel) | {"buyer": buyer}


SENTENCES = {  # as buyer and as seller read them; a draft is shown to no buyer
    State.DRAFT: ("", "Only your team sees this draft. No money has moved."),
    State.REQUESTED: (
        "Nothing is paid yet. When you pay, Bisat holds the money until it arrives.",
        "Nothing is paid yet. Send nothing before Sara has paid: then Bisat holds the money.",
    ),
    State.HELD: (
        "Bisat holds $100 for you. Saffron & Clay gets it when it has arrived.",
        "Bisat holds $100. Ship now: the money is yours when it has arrived.",
    ),
    State.SHIPPED: (
        "Bisat holds $100 for you while it is on its way.",
        "Bisat holds $100 until Sara has it.",
    ),
    State.DELIVERED: (
        "Bisat holds $100 for you. Look at it, then release the money.",
        "Bisat holds $100. It has arrived; Sara looks at it.",
    ),
    State.REFUND_REQUESTED: (
        "Bisat holds $100 until your refund is answered.",
        "Bisat holds $100. Sara wants the money back; your answer counts.",
    ),
    State.DISPUTED: ("Bisat holds $100 until our staff have decided.",) * 2,
    State.RELEASED: ("Saffron & Clay has the money: $100 was released.", "The money is yours: $95 after the fee."),
    State.REFUNDED: ("You have the money back: $100 is in your wallet.", "Sara has the money back."),
    State.SPLIT: (
        "$40 is back in your wallet, Saffron & Clay got the rest.",
        "$57 is yours after the fee, $40 went back to Sara.",
    ),
    State.DECLINED: ("You declined. No money has moved.", "Sara declined. No money has moved."),
    State.CANCELLED: ("Saffron & Clay took it back. No money has moved.", "Taken back. No money has moved."),
    State.EXPIRED: ("It was not paid in time. No money has moved.",) * 2,
    State.CHARGED_BACK: (
        "Your bank took the payment back.",
        "The buyer’s bank took the payment back. If you have not shipped, do not.",
    ),
}
STEPS = {
    State.DRAFT: "[Draft] Asked Paid Held Released",
    State.REQUESTED: "[Asked] Paid Held Shipped Released",
    State.HELD: "Asked Paid [Held] Shipped Released",
    State.SHIPPED: "Asked Paid Held [Shipped] Released",
    State.DELIVERED: "Asked Paid Held [Delivered] Released",
    State.RELEASED: "Asked Paid Held Shipped [Released]",
    State.REFUND_REQUESTED: "Asked Paid Held Shipped [Refund asked]",
    State.DISPUTED: "Asked Paid Held Shipped [Dispute] Decided",
    State.REFUNDED: "Asked Paid Held [Refunded]",
    State.SPLIT: "Asked Paid Held Shipped [Shared out]",
    State.DECLINED: "Asked [Declined]",
    State.CANCELLED: "Asked [Taken back]",
    State.EXPIRED: "Asked [Expired]",
    State.CHARGED_BACK: "Asked Paid Held Shipped [Charged back]",
}
TONES = (
    dict.fromkeys((State.DRAFT, State.REQUESTED), "open")
    | dict.fromkeys((State.HELD, State.SHIPPED, State.DELIVERED), "safe")
    | dict.fromkeys((State.RELEASED, State.REFUNDED, State.SPLIT), "safe")
    | dict.fromkeys((State.REFUND_REQUESTED, State.DISPUTED), "warm")
    | dict.fromkeys((State.DECLINED, State.CANCELLED, State.EXPIRED), "over")
    | {State.CHARGED_BACK: "bad"}
)
DUE = {  # what happens by itself, as buyer and as seller read it; in the other states nothing does
    State.DRAFT: ("", "Dropped on # unless you send it."),
    State.REQUESTED: ("Open until #; then it expires.",) * 2,
    State.HELD: (
        "Refunded to you on # unless it is shipped before.",
        "Refunded to the buyer on # unless you ship before.",
    ),
    State.SHIPPED: (
        "Released to the seller on # unless you ask for a refund.",
        "Released to you on # unless the buyer asks for a refund.",
    ),
    State.REFUND_REQUESTED: (
        "Refunded to you on # unless the seller answers.",
        "Refunded to the buyer on # unless you answer.",
    ),
    State.DISPUTED: ("A second person looks at it on # unless it is decided before.",) * 2,
}
DUE[State.DELIVERED] = DUE[State.SHIPPED]
LATE = ("Refunded to you on # unless it is decided before.", "Refunded to the buyer on # unless it is decided before.")


@pytest.mark.parametrize("state", State)
def test_the_first_sentence_says_who_holds_the_money(people, channel, buyer, state):
    request = ask_in(channel, buyer, state)
    said = tuple(cards.get_card(request, people[who]).sentence for who in ("buyer", "owner"))
    assert said == SENTENCES[state]


@pytest.mark.parametrize("state", State)
def test_the_steps_show_the_way_it_went(people, channel, buyer, state):
    card = cards.get_card(ask_in(channel, buyer, state), people["owner"])
    assert " ".join(f"[{step.label}]" if step.is_now else step.label for step in card.steps) == STEPS[state]


@pytest.mark.parametrize("state", State)
def test_green_is_safe_or_settled_money(state):
    assert wording.tone(state) == TONES[state]


def due_of(request: MoneyRequest, people: dict[str, User]) -> tuple[str, ...]:
    """What is due as buyer and as seller read it, without the day."""
    date = day(request.due_at) if request.due_at else "no day"
    return tuple(cards.get_card(request, people[who]).due.replace(date, "#") for who in ("buyer", "owner"))


@pytest.mark.parametrize("state", State)
def test_the_card_says_what_happens_by_itself(people, channel, buyer, state):
    request = ask_in(channel, buyer, state)
    assert due_of(request, people) == DUE.get(state, ("", ""))
    assert bool(request.timer) == (state in DUE)


def test_a_dispute_nobody_decides_says_when_it_is_refunded(people, request_):
    assert due_of(run_out(bring_to(request_, State.DISPUTED)), people) == LATE


def test_time_is_counted_down(people, request_):
    assert cards.get_card(bring_to(request_, State.SHIPPED), people["buyer"]).countdown == "9 days left"


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


SHOWN = [(who, state) for who in ("buyer", "owner") for state in State if (who, state) != ("buyer", State.DRAFT)]


@pytest.mark.parametrize(("who", "state"), SHOWN)
def test_every_state_has_its_page(people, channel, buyer, state, who):
    request = ask_in(channel, buyer, state)
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
