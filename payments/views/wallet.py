"""A person's wallet: what is there, what is held, what moved, more money in, statements; and her addresses."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.money import DECIMALS
from core.pages import BadCursor, Request
from payments import providers, selectors
from payments import services as payments
from payments.forms import AddressForm, PeriodForm, TopUpForm
from payments.models import Address
from payments.services import gateways
from payments.views import statements
from payments.views.base import go, own_page, person_of


def currency_of(request: Request) -> str:
    """The one asked for; else the one of the person's market."""
    asked = request.GET.get("currency", "")
    return asked if asked in DECIMALS else request.market.currency


@own_page
@require_GET
def wallet(request: Request) -> HttpResponse:
    """One currency at a time: its balance and its statement; the others are a link away."""
    person, currency = person_of(request), currency_of(request)
    try:
        page = selectors.get_postings(person, currency, after=request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    context = {"page": page, "currency": currency}
    if request.htmx and "after" in request.GET:
        return render(request, "payments/wallet.html#more", context)
    balances = {balance.currency: balance.amount_minor for balance in selectors.get_wallets(person)}
    context |= {
        "balance": balances.get(currency, 0),
        "others": [(code, minor) for code, minor in balances.items() if code != currency],
        "held": dict(selectors.get_held_for(person)).get(currency, 0),
        "period": PeriodForm.of_last_month(),
        "can_top_up": bool(providers.available(currency)),
    }
    return render(request, "payments/wallet.html", context)


@own_page
@require_http_methods(["GET", "POST"])
def top_up(request: Request) -> HttpResponse:
    """Money into the wallet through a provider."""
    currency = currency_of(request)
    ways = [(way.name, str(way.label)) for way in providers.available(currency)]
    form = TopUpForm(request.POST if request.method == "POST" else None, currency=currency, ways=ways)
    if form.is_valid():
        data = form.cleaned_data
        try:
            attempt = payments.start_top_up(
                person=person_of(request),
                amount_minor=data["amount"],
                currency=currency,
                provider=data["way"],
                key=form.sent_key,
            )
        except payments.Refused as refusal:
            form.renew_key()
            form.refuse(refusal)
        else:
            if attempt.state == attempt.State.CREATED:
                attempt = gateways.open_attempt(attempt)
            return go(request, "payments:attempt", attempt.token)
    context = {"form": form, "currency": currency, "ways": ways}
    fragment = "#form" if request.htmx else ""
    return render(request, f"payments/top_up_form.html{fragment}", context, status=422 if form.is_bound else 200)


@own_page
@require_GET
def statement(request: Request) -> HttpResponse:
    """The wallet's statement of some days: to print, or as CSV."""
    person = person_of(request)
    return statements.show(request, person, currency_of(request), person.get_short_name(), "base.html", {})


@own_page
@require_GET
def addresses(request: Request) -> HttpResponse:
    context = {"addresses": selectors.get_addresses(person_of(request))}
    return render(request, "payments/address_list.html", context)


@own_page
@require_http_methods(["GET", "POST"])
def address_new(request: Request) -> HttpResponse:
    person = person_of(request)
    start = {"country": request.market.country, "name": person.display_name, "phone": person.phone or ""}
    form = AddressForm(request.POST) if request.method == "POST" else AddressForm(initial=start)
    return _address_form(request, form, None)


@own_page
@require_http_methods(["GET", "POST"])
def address_edit(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(Address, pk=pk, person=person_of(request).pk)
    form = AddressForm(request.POST) if request.method == "POST" else AddressForm.of(found)
    return _address_form(request, form, found)


def _address_form(request: Request, form: AddressForm, found: Address | None) -> HttpResponse:
    person = person_of(request)
    if form.is_valid():
        words, is_default = form.words(), form.cleaned_data["is_default"]
        try:
            if found or selectors.find_address(person, words) is None:  # else it was sent twice
                payments.save_address(person=person, address=found, is_default=is_default, **words)
        except payments.BadRequest as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return go(request, "payments:addresses")
    context: dict[str, Any] = {"form": form, "address": found}
    fragment = "#form" if request.htmx else ""
    return render(request, f"payments/address_form.html{fragment}", context, status=422 if form.is_bound else 200)


@own_page
@require_http_methods(["GET", "POST"])
def address_delete(request: Request, pk: int) -> HttpResponse:
    person = person_of(request)
    found = Address.objects.filter(pk=pk, person=person.pk).first()
    if request.method == "GET":
        if found is None:
            raise Http404
        return render(request, "payments/address_delete.html", {"address": found})
    if found:  # gone already: the click came twice
        payments.delete_address(person=person, address=found)
    messages.success(request, _("Deleted."))
    return go(request, "payments:addresses")
