"""At a provider and back: a page of our own before and after, and an answer that is worth waiting for."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core import limits
from core.pages import Request
from payments import providers, selectors
from payments import services as payments
from payments.models import PaymentAttempt
from payments.services import gateways
from payments.step_words import WORDS
from payments.views.base import go, own_page, person_of

State = PaymentAttempt.State
ASK_SECONDS = 4  # a waiting page asks the provider no more often


def _load(request: Request, token: str) -> PaymentAttempt:
    try:
        return selectors.get_attempt_for(person_of(request), token)
    except PaymentAttempt.DoesNotExist:
        raise Http404 from None


@own_page
@require_http_methods(["GET", "POST"])
def attempt(request: Request, token: str) -> HttpResponse:
    """Where an attempt stands. POST tries again to reach a provider that did not answer at first."""
    found = _load(request, token)
    if request.method == "POST":
        if found.state == State.CREATED:
            gateways.open_attempt(found)
        return go(request, "payments:attempt", token)
    if found.state in (State.RETURNED, State.UNKNOWN):
        found = _ask_now_and_then(found)
    return _show(request, found)


def _ask_now_and_then(found: PaymentAttempt) -> PaymentAttempt:
    try:
        limits.take(f"attempt:{found.pk}", limit=1, seconds=ASK_SECONDS)
    except limits.TooMany:
        return found
    return gateways.check_attempt(found)


@own_page
@require_GET
def back(request: Request, token: str) -> HttpResponse:
    """The buyer is back from the provider. What her browser brings along proves nothing: the provider is asked."""
    found = _load(request, token)
    if found.is_open():
        found = gateways.check_attempt(payments.return_attempt(attempt=found))
    return go(request, "payments:attempt", token) if found.is_open() else _settled(request, found)


def _settled(request: Request, found: PaymentAttempt) -> HttpResponse:
    if found.state != State.VERIFIED:
        return go(request, "payments:attempt", found.token)
    if found.back_path:
        return go(request, found.back_path)
    if found.request is None:
        messages.success(request, _("The money is in your wallet."))
        return go(request, "payments:wallet")
    if found.pays_request:
        messages.success(request, str(WORDS["pay"].done))
    else:
        text = _("Your money came, but this request could not be paid any more. It is in your wallet.")
        messages.warning(request, text)
    return go(request, "payments:request", found.request.token)


def _show(request: Request, found: PaymentAttempt) -> HttpResponse:
    if found.state == State.VERIFIED:
        return _settled(request, found)
    try:
        label = providers.get_provider(found.provider).label
    except providers.UnknownProvider:
        label = found.provider
    context = {"attempt": found, "provider": label, "is_waiting": found.state in (State.RETURNED, State.UNKNOWN)}
    fragment = "#attempt" if request.htmx else ""
    return render(request, f"payments/attempt_detail.html{fragment}", context)
