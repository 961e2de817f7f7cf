"""The services against a small model in Python: whatever is done in whatever order, states and balances agree."""

from dataclasses import dataclass

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from payments import selectors
from payments import services as payments
from payments.models import MoneyRequest
from tests import factories
from tests.payments.market import ask, check_now, dispute_of, fill_wallet, fresh, key, paid, run_out

WORK = ("held", "shipped", "delivered")
HELD = (*WORK, "refund_requested", "disputed")
CENT = st.integers(1, 500_00)
WHICH = st.integers(0, 7)


@dataclass
class Known:
    """What the model knows of a request."""

    pk: int
    amount: int
    state: str = "requested"
    refunded: int = 0
    before: str = ""
    shipped: bool = False

    @property
    def left(self) -> int:
        return self.amount - self.refunded


class Market(RuleBasedStateMachine):
    """One buyer, one seller, some requests. Rules that the model forbids must be refused."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.channel = factories.make_channel()
        self.seller = self.channel.members.get().person
        self.buyer, self.judge = factories.make_user(), factories.make_user(is_staff=True)
        self.known: list[Known] = []
        self.wallet = self.payable = self.fees = self.paid_out = self.loss = self.gateway = 0
        self.cards: list[tuple[int, Known | None]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def pick(self, which: int) -> tuple[Known, MoneyRequest]:
        known = self.known[which % len(self.known)]
        return known, MoneyRequest.objects.get(pk=known.pk)

    def expect(self, allowed: bool, act, error: type[Exception] = payments.NotAllowed) -> bool:
        """Does it if the model allows it; else it must be refused."""
        if allowed:
            act()
            return True
        with pytest.raises(error), transaction.atomic():
            act()
        return False

    def release(self, known: Known, to_buyer: int = 0) -> None:
        rest = known.left - to_buyer
        fee = rest * 500 // 10_000
        self.wallet += to_buyer
        self.payable += rest - fee
        self.fees += fee
        known.refunded += to_buyer
        known.state = "split" if to_buyer else "released"

    def refund(self, known: Known) -> None:
        self.wallet += known.left
        known.refunded, known.state = known.amount, "refunded"

    @rule(amount=CENT)
    def ask(self, amount: int) -> None:
        if len(self.known) < 8:
            self.known.append(Known(ask(self.channel, self.buyer, amount).pk, amount))

    @rule(amount=CENT)
    def top_up(self, amount: int) -> None:
        attempt = fill_wallet(self.buyer, amount)
        self.wallet += amount
        self.gateway += amount
        self.cards.append((attempt.pk, None))

    @precondition(lambda self: self.known)
    @rule(which=WHICH)
    def pay(self, which: int) -> None:
        known, request = self.pick(which)
        is_open = known.state == "requested"
        error = payments.NotEnoughMoney if is_open else payments.NotAllowed
        if self.expect(
            is_open and self.wallet >= known.amount,
            lambda: payments.pay_from_wallet(request=request, by=self.buyer, version=request.version, key=key()),
            error,
        ):
            self.wallet -= known.amount
            known.state = "held"

    @precondition(lambda self: self.known)
    @rule(which=WHICH, twice=st.booleans(), late=st.booleans())
    def pay_by_card(self, which: int, twice: bool, late: bool) -> None:
        known, request = self.pick(which)
        if known.state != "requested":
            return
        attempt = payments.start_attempt(
            request=request, by=self.buyer, version=request.version, provider="sandbox", key=key()
        )
        if late:
            payments.decline_request(request=request, by=self.buyer, key=key())
        for _ in range(1 + twice):
            payments.settle_attempt(attempt=attempt, outcome=paid(attempt))
        self.gateway += known.amount
        known.state = "declined" if late else "held"
        self.wallet += known.amount if late else 0
        self.cards.append((attempt.pk, None if late else known))

    @precondition(lambda self: self.known)
    @rule(which=WHICH, verb=st.sampled_from(["ship", "confirm", "release", "refund", "decline", "cancel"]))
    def step(self, which: int, verb: str) -> None:
        known, request = self.pick(which)
        sources, by, act = {
            "ship": (("held",), self.seller, payments.ship_request),
            "confirm": (("shipped",), self.buyer, payments.confirm_delivery),
            "release": (WORK, self.buyer, payments.release_request),
            "refund": (WORK, self.seller, payments.refund_request_in_full),
            "decline": (("requested",), self.buyer, payments.decline_request),
            "cancel": (("requested",), self.seller, payments.cancel_request),
        }[verb]
        if not self.expect(known.state in sources, lambda: act(request=request, by=by, key=key())):
            return
        if verb == "release":
            self.release(known)
        elif verb == "refund":
            self.refund(known)
        else:
            known.state = {"ship": "shipped", "confirm": "delivered", "decline": "declined", "cancel": "cancelled"}[
                verb
            ]
            known.shipped = known.shipped or verb == "ship"

    @precondition(lambda self: self.known)
    @rule(which=WHICH, part=CENT, says_yes=st.booleans())
    def offer(self, which: int, part: int, says_yes: bool) -> None:
        known, request = self.pick(which)
        error = payments.BadAmount if known.state in WORK else payments.NotAllowed
        if self.expect(
            known.state in WORK and part < known.left,
            lambda: payments.offer_partial_refund(request=request, by=self.seller, amount_minor=part, key=key()),
            error,
        ):
            offer = request.refund_offers.get(state="open")
            answer = payments.accept_offer if says_yes else payments.decline_offer
            answer(offer=offer, by=self.buyer, key=key())
            known.refunded += part if says_yes else 0
            self.wallet += part if says_yes else 0

    @precondition(lambda self: self.known)
    @rule(which=WHICH)
    def ask_refund(self, which: int) -> None:
        known, request = self.pick(which)
        if self.expect(
            known.state in WORK, lambda: payments.ask_refund(request=request, by=self.buyer, reason="other", key=key())
        ):
            known.before, known.state = known.state, "refund_requested"

    @precondition(lambda self: self.known)
    @rule(which=WHICH, answer=st.sampled_from(["accept", "withdraw", "escalate"]))
    def answer_refund(self, which: int, answer: str) -> None:
        known, request = self.pick(which)
        by, act = {
            "accept": (self.seller, payments.accept_refund),
            "withdraw": (self.buyer, payments.withdraw_refund),
            "escalate": (self.seller, payments.escalate),
        }[answer]
        if not self.expect(known.state == "refund_requested", lambda: act(request=request, by=by, key=key())):
            return
        if answer == "accept":
            self.refund(known)
        else:
            known.state = "disputed" if answer == "escalate" else known.before

    @precondition(lambda self: any(known.state == "disputed" for known in self.known))
    @rule(decision=st.sampled_from(["refund", "release", "split"]), share=st.floats(0.01, 0.99))
    def decide(self, decision: str, share: float) -> None:
        known = next(known for known in self.known if known.state == "disputed")
        part = int(known.left * share) if decision == "split" else 0
        if decision == "split" and part == 0:
            return
        dispute = dispute_of(known.pk)
        dispute = payments.propose_decision(
            dispute=dispute, by=self.judge, decision=decision, to_buyer_minor=part, reason="So", key=key()
        )
        if dispute.state == "proposed":
            assert known.left > 200_00 or dispute.is_late
            payments.confirm_decision(dispute=dispute, by=factories.make_user(is_staff=True), key=key())
        if decision == "refund":
            self.refund(known)
        else:
            self.release(known, part)

    @precondition(lambda self: self.known)
    @rule(which=WHICH)
    def time_runs_out(self, which: int) -> None:
        known, request = self.pick(which)
        if request.due_at is None:
            return
        run_out(request)
        if known.state in ("shipped", "delivered"):
            self.release(known)
        elif known.state in ("held", "refund_requested") or (
            known.state == "disputed" and request.timer == "dispute_refund"
        ):
            self.refund(known)
        elif known.state == "requested":
            known.state = "expired"

    @precondition(lambda self: self.cards)
    @rule(which=WHICH)
    def charge_back(self, which: int) -> None:
        from payments.models import PaymentAttempt

        pk, known = self.cards.pop(which % len(self.cards))
        attempt = PaymentAttempt.objects.get(pk=pk)
        payments.charge_back(attempt=attempt)
        amount = attempt.amount_minor
        self.gateway -= amount
        held = known.left if known and known.state in HELD else 0
        back = known.refunded if known else amount
        from_wallet = min(back, self.wallet)
        from_seller = min(amount - held - back, self.payable) if known and not held else 0
        self.wallet -= from_wallet
        self.payable -= from_seller
        self.loss += amount - held - from_wallet - from_seller
        if held:
            known.state = "charged_back"

    @rule(amount=CENT)
    def pay_out(self, amount: int) -> None:
        if self.expect(
            amount <= self.payable,
            lambda: payments.request_payout(
                channel=self.channel, by=self.seller, amount_minor=amount,
                destination={"holder": "M", "account": "1"}, key=key(),
            ),
            payments.NotEnoughMoney,
        ):  # fmt: skip
            self.payable -= amount
            self.paid_out += amount

    @invariant()
    def agree(self) -> None:
        check_now()
        assert {
            row.pk: (row.state, row.refunded_minor) for row in MoneyRequest.objects.filter(channel=self.channel)
        } == {known.pk: (known.state, known.refunded) for known in self.known}
        assert selectors.get_wallet_balance(self.buyer, "USD") == self.wallet
        assert selectors.get_payable_balance(fresh(self.channel)) == self.payable
        assert [
            selectors.get_platform_balance("escrow", "USD"),
            selectors.get_platform_balance("fee_income", "USD"),
            selectors.get_platform_balance("payout_clearing", "USD"),
            selectors.get_platform_balance("chargeback_loss", "USD"),
            selectors.get_platform_balance("gateway_clearing", "USD", provider="sandbox"),
        ] == [
            sum(known.left for known in self.known if known.state in HELD),
            self.fees,
            self.paid_out,
            -self.loss,
            -self.gateway,
        ]


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Market,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert payments.reconcile().is_clean


@pytest.mark.django_db
def test_services_and_model_agree():
    run(examples=8, steps=20)


@pytest.mark.prove
@pytest.mark.django_db
def test_services_and_model_agree_for_long():
    run(examples=40, steps=50)
