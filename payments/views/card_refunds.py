"""From the wallet back to the card or account the money came from."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.pages import Request
from payments import providers, selectors
from payments import services as payments
from payments.forms import CardRefundForm
from payments.selectors import CardPayment
from payments.views.base import go, own_page, person_of
from payments.views.wallet import currency_of


@dataclass(frozen=True)
class Shown:
    """A payment as the page lists it; ``most_minor`` is what can be asked back now, 0 for nothing."""

    payment: CardPayment
    label: str | Promise
    only_whole: bool
    most_minor: int


def _show(payment: CardPayment, balance: int) -> Shown:
    """A provider that is not offered any more gives nothing back; one that takes back wholes only, all or nothing."""
    name = payment.attempt.provider
    try:
        provider = providers.get_provider(name)
    except providers.UnknownProvider:
        return Shown(payment, name, only_whole=False, most_minor=0)
    whole = payment.attempt.amount_minor
    most = min(payment.left_minor, balance)
    if not provider.refunds_parts and most < whole:
        most = 0
    return Shown(payment, provider.label, not provider.refunds_parts, most)


@own_page
@require_GET
def card_refunds(request: Request) -> HttpResponse:
    """Her payments in a currency, and what became of what she asked back."""
    person, currency = person_of(request), currency_of(request)
    balance = selectors.get_wallet_balance(person, currency)
    shown = [_show(payment, balance) for payment in selectors.get_card_payments(person, currency)]
    context = {"payments": shown, "currency": currency, "balance": balance}
    return render(request, "payments/card_refund_list.html", context)


@own_page
@require_http_methods(["GET", "POST"])
def card_refund(request: Request, token: str) -> HttpResponse:
    """Asks a payment, or a part of it, back."""
    person = person_of(request)
    payment = selectors.find_card_payment(person, token)
    if payment is None:
        raise Http404
    currency = payment.attempt.currency
    back = f"{reverse('payments:card_refunds')}?currency={currency}"
    if request.method == "POST" and selectors.is_done(request.POST.get("key", "")):
        return go(request, back)
    shown = _show(payment, selectors.get_wallet_balance(person, currency))
    form = CardRefundForm(
        request.POST if request.method == "POST" else None,
        currency=currency,
        most_minor=shown.most_minor,
        only_whole=shown.only_whole,
    )
    if form.is_valid():
        try:
            payments.refund_to_card(
                attempt=payment.attempt, by=person, amount_minor=form.cleaned_data["amount"], key=form.sent_key
            )
        except payments.Refused as refusal:
            form.renew_key()
            form.refuse(refusal)
        else:
            messages.success(request, _("Asked for. It is on its way to where it came from."))
            return go(request, back)
    context = {"shown": shown, "form": form, "currency": currency}
    fragment = "#form" if request.htmx else ""
    return render(request, f"payments/card_refund_form.html{fragment}", context, status=422 if form.is_bound else 200)
