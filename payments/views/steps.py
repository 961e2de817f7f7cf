"""The steps of a request, each a page of its own: GET shows what it will do, POST does it once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from core.pages import Request
from payments import cards, selectors
from payments import services as payments
from payments.forms import STEP_FORMS, RequestForm, StepForm
from payments.models import MoneyRequest
from payments.step_words import WORDS
from payments.views import objections, uploads
from payments.views.base import go, person_of, request_page
from sellers.forms import Photos


def _on_offer(service: Callable[..., Any]) -> Callable[..., Any]:
    """A step on the open offer; after it was closed the last one, so that a second click finds its own."""

    def act(*, request: MoneyRequest, **words: Any) -> Any:
        offer = selectors.get_open_offer(request) or request.refund_offers.order_by("-pk").first()
        if offer is None:
            raise payments.NotAllowed
        return service(offer=offer, **words)

    return act


def _on_dispute(*, request: MoneyRequest, **words: Any) -> Any:
    dispute = selectors.get_dispute(request)
    if dispute is None:
        raise payments.NotAllowed
    return payments.add_evidence(dispute=dispute, **words)


ACTS: dict[str, Callable[..., Any]] = {
    "send": payments.send_request,
    "apply_coupon": payments.apply_coupon,
    "remove_coupon": payments.remove_coupon,
    "cancel": payments.cancel_request,
    "decline": payments.decline_request,
    "ship": payments.ship_request,
    "confirm_delivery": payments.confirm_delivery,
    "release": payments.release_request,
    "refund": payments.refund_request_in_full,
    "offer_refund": payments.offer_partial_refund,
    "accept_offer": _on_offer(payments.accept_offer),
    "decline_offer": _on_offer(payments.decline_offer),
    "ask_refund": payments.ask_refund,
    "accept_refund": payments.accept_refund,
    "withdraw_refund": payments.withdraw_refund,
    "escalate": payments.escalate,
    "add_evidence": _on_dispute,
}
OF_A_VERSION = ("apply_coupon", "remove_coupon")  # steps whose service takes the version that was shown


@request_page
@require_http_methods(["GET", "POST"])
def step(request: Request, money: MoneyRequest, verb: str) -> HttpResponse:
    """A person to whom the step is never open finds nothing; one for whom its time is over sees the request."""
    card = cards.get_card(money, person_of(request))
    if not cards.could(card, verb):
        raise Http404
    form_class = STEP_FORMS.get(verb, StepForm)
    if request.method == "GET":
        if verb not in card.verbs:
            return _too_late(request, money)
        form = form_class(initial={"version": money.version}, currency=money.currency)
        return _show(request, card, verb, form, Photos())
    form = form_class(request.POST, currency=money.currency)
    photos = uploads.take_photos(request) if form.takes_photos else Photos()
    if not form.is_valid() or photos.errors:
        return _show(request, card, verb, form, photos)
    try:
        _act(request, money, verb, form, photos)
    except payments.Refused as refusal:
        return _refused(request, money, verb, form, photos, refusal)
    messages.success(request, str(WORDS[verb].done).format(**card.words))
    return go(request, "payments:request", money.token)


def _act(request: Request, money: MoneyRequest, verb: str, form: StepForm, photos: Photos) -> None:
    """Does the step for the version that was shown; sent again, it is done already and nothing is stale."""
    if form.cleaned_data["version"] != money.version and not selectors.is_done(form.sent_key):
        raise payments.StaleVersion
    if verb == "send":
        objections.check_may_ask(money.channel, money.buyer, form.sent_key)
    words = form.words()
    if verb in OF_A_VERSION:
        words["version"] = form.cleaned_data["version"]
    if form.takes_photos:
        words["pictures"] = [photo.picture for photo in photos.items]
    ACTS[verb](request=money, by=person_of(request), key=form.sent_key, **words)


def _refused(
    request: Request, money: MoneyRequest, verb: str, form: StepForm, photos: Photos, refusal: payments.Refused
) -> HttpResponse:
    """The form again with the sentence; a step that is not open any more leads back to the request."""
    if isinstance(refusal, payments.CouponRefused):
        payments.count_wrong_code(person=person_of(request))
    money = selectors.get_request_for(person_of(request), money.token)
    card = cards.get_card(money, person_of(request))
    if isinstance(refusal, payments.KeyReused):
        if request.FILES or verb not in card.verbs:  # the same click twice, with its pictures kept twice
            return go(request, "payments:request", money.token)
        form.renew_key()
    if verb not in card.verbs:
        return _too_late(request, money, refusal)
    form.refuse(refusal)
    form.show_version(money.version)
    return _show(request, card, verb, form, photos)


def _too_late(request: Request, money: MoneyRequest, refusal: payments.Refused | None = None) -> HttpResponse:
    messages.warning(request, str(refusal or payments.NotAllowed()))
    return go(request, "payments:request", money.token)


def _show(request: Request, card: cards.Card, verb: str, form: StepForm, photos: Photos) -> HttpResponse:
    words = WORDS[verb]
    context = {
        "card": card,
        "verb": verb,
        "form": form,
        "photos": photos,
        "most_photos": uploads.MAX_PHOTOS,
        "words": words,
        "title": str(words.title).format(**card.words),
        "label": str(words.label).format(**card.words),
        "sentence": str(words.sentence).format(**card.words),
    }
    fragment = "#step" if request.htmx else ""
    return render(request, f"payments/step_form.html{fragment}", context, status=422 if form.is_bound else 200)


@request_page
@require_http_methods(["GET", "POST"])
def edit(request: Request, money: MoneyRequest) -> HttpResponse:
    """The seller changes what is asked; the buyer sees the next version."""
    card = cards.get_card(money, person_of(request))
    if not cards.could(card, "edit"):
        raise Http404
    if request.method == "GET":
        if "edit" not in card.verbs:
            return _too_late(request, money)
        form = RequestForm(channel=money.channel, terms=card.terms, version=money.version)
        return _show_edit(request, card, form)
    form = RequestForm(channel=money.channel, data=request.POST)
    if form.only_redraw or not form.is_valid():
        return _show_edit(request, card, form)
    try:
        objections.check_may_ask(money.channel, money.buyer, form.sent_key)
        version, person = form.cleaned_data["version"], person_of(request)
        payments.edit_request(request=money, by=person, version=version, key=form.sent_key, **form.terms())
    except payments.Refused as refusal:
        card = cards.get_card(selectors.get_request_for(person_of(request), money.token), person_of(request))
        if "edit" not in card.verbs:
            return _too_late(request, money, refusal)
        form.refuse(refusal)
        form.renew_key()
        form.show_version(card.request.version)
        return _show_edit(request, card, form, is_stale=isinstance(refusal, payments.StaleVersion))
    messages.success(request, str(WORDS["edit"].done))
    return go(request, "payments:request", money.token)


def _show_edit(request: Request, card: cards.Card, form: RequestForm, *, is_stale: bool = False) -> HttpResponse:
    context = {"card": card, "form": form, "channel": card.request.channel, "is_stale": is_stale}
    context["sentence"] = str(WORDS["edit"].sentence).format(**card.words)
    fragment = ("#fields" if form.only_redraw else "#form") if request.htmx else ""
    return render(request, f"payments/request_form.html{fragment}", context, status=422 if form.is_bound else 200)
