"""Paying a request: who holds the money, where to send it, by what; and the buyer's address for it."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.http import require_http_methods

from core.pages import Request
from payments import cards, providers, selectors
from payments import services as payments
from payments.forms import AddressForm
from payments.forms.paying import KEPT, WALLET, PayForm
from payments.models import Address, MoneyRequest
from payments.services import gateways
from payments.step_words import WORDS
from payments.views.base import go, person_of, request_page


@dataclass(frozen=True)
class Way:
    """A way to pay as the page offers it."""

    name: str
    label: str | Promise
    balance_minor: int = 0
    is_short: bool = False  # the wallet holds too little

    @property
    def is_wallet(self) -> bool:
        return self.name == WALLET


def _ways(request: Request, money: MoneyRequest) -> list[Way]:
    balance = selectors.get_wallet_balance(person_of(request), money.currency)
    wallet = Way(WALLET, "", balance, is_short=balance < money.amount_minor)
    return [wallet, *(Way(one.name, one.label) for one in providers.available(money.currency))]


@dataclass
class PayPage:
    """All the pay page shows."""

    card: cards.Card
    ways: list[Way]
    addresses: list[Address]
    kept: dict[str, str] | None

    @classmethod
    def of(cls, request: Request, money: MoneyRequest) -> "PayPage":
        person = person_of(request)
        saved = selectors.get_addresses(person)
        kept = money.address
        others = [address for address in saved if address.as_json() != kept]
        return cls(cards.get_card(money, person), _ways(request, money), others, kept)

    def form(self, data: object = None) -> PayForm:
        request = self.card.request
        first = self.addresses[0].pk if self.addresses else ""
        usable = [way.name for way in self.ways if not way.is_short]
        initial = {"version": request.version, "address": KEPT if self.kept else str(first)}
        return PayForm(
            data,
            initial=initial | ({"way": usable[0]} if len(usable) == 1 else {}),
            ways=usable,
            addresses=self.addresses,
            needs_address=self.card.needs_address,
            has_kept=bool(self.kept),
        )


@request_page
@require_http_methods(["GET", "POST"])
def pay(request: Request, money: MoneyRequest) -> HttpResponse:
    page = PayPage.of(request, money)
    if not cards.could(page.card, "pay"):
        raise Http404
    if request.method == "GET":
        return _show(request, page, page.form()) if "pay" in page.card.verbs else _closed(request, money)
    form = page.form(request.POST)
    if not form.is_valid():
        return _show(request, page, form)
    try:
        return _pay(request, money, form)
    except payments.Refused as refusal:
        return _refused(request, money, refusal)


def _pay(request: Request, money: MoneyRequest, form: PayForm) -> HttpResponse:
    person, key, version = person_of(request), form.sent_key, form.cleaned_data["version"]
    if form.chosen_address and not selectors.is_done(key):
        address = form.chosen_address.as_json()
        money = payments.give_address(request=money, by=person, address=address, key=f"{key}:address")
    if form.cleaned_data["way"] == WALLET:
        payments.pay_from_wallet(request=money, by=person, version=version, key=key)
        messages.success(request, str(WORDS["pay"].done))
        return go(request, "payments:request", money.token)
    way = form.cleaned_data["way"]
    attempt = payments.start_attempt(request=money, by=person, version=version, provider=way, key=key)
    if attempt.state == attempt.State.CREATED:
        attempt = gateways.open_attempt(attempt)
    return go(request, "payments:attempt", attempt.token)


def _refused(request: Request, money: MoneyRequest, refusal: payments.Refused) -> HttpResponse:
    """The page anew, as the request is now, with what was chosen."""
    page = PayPage.of(request, selectors.get_request_for(person_of(request), money.token))
    if "pay" not in page.card.verbs:
        return _closed(request, page.card.request)
    form = page.form(request.POST)
    form.renew_key()
    form.show_version(page.card.request.version)
    form.is_valid()
    form.add_error(None, str(refusal))
    return _show(request, page, form)


def _closed(request: Request, money: MoneyRequest) -> HttpResponse:
    """Paid by an earlier click, it is no news; else the person hears why."""
    if money.paid_at is None:
        messages.warning(request, str(payments.NotPayable()))
    return go(request, "payments:request", money.token)


def _show(request: Request, page: PayPage, form: PayForm) -> HttpResponse:
    fragment = "#pay" if request.htmx else ""
    status = 422 if form.is_bound else 200
    context = {"page": page, "card": page.card, "form": form, "kept_value": KEPT}
    return render(request, f"payments/pay_form.html{fragment}", context, status=status)


@request_page
@require_http_methods(["GET", "POST"])
def address(request: Request, money: MoneyRequest) -> HttpResponse:
    """A new address for this request; it is kept among the person's own."""
    card = cards.get_card(money, person_of(request))
    if not cards.could(card, "pay"):
        raise Http404
    if "pay" not in card.verbs:
        return _closed(request, money)
    person = person_of(request)
    start = {"country": request.market.country, "name": person.display_name, "phone": person.phone or ""}
    form = AddressForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_valid():
        try:
            _give(money, form, request)
            return go(request, "payments:pay", money.token)
        except payments.Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    fragment = "#form" if request.htmx else ""
    context = {"form": form, "card": card}
    return render(request, f"payments/address_form.html{fragment}", context, status=422 if form.is_bound else 200)


@transaction.atomic
def _give(money: MoneyRequest, form: AddressForm, request: Request) -> None:
    """Saves the address unless it is saved already, and gives it to the request."""
    person, words = person_of(request), form.words()
    if selectors.find_address(person, words) is None:
        payments.save_address(person=person, is_default=form.cleaned_data["is_default"], **words)
    payments.give_address(request=money, by=person, address=words, key=str(uuid.uuid4()))
