"""The sandbox from both sides: the page a buyer sees, and the API our own adapter calls over HTTP."""

import json
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from payments.providers.base import REVERSED
from payments.providers.sandbox import SIGNATURE, is_signed
from payments.sandbox import services as sandbox
from payments.sandbox.forms import CreateForm, DecisionForm, RefundForm
from payments.sandbox.models import SandboxPayment

SLOW_SECONDS = 3
Fault = SandboxPayment.Fault


@never_cache
@require_http_methods(["GET", "POST"])
def payment(request: HttpRequest, reference: str) -> HttpResponse:
    """The bank's page; once decided it is a receipt that may be loaded again."""
    found = get_object_or_404(SandboxPayment, reference=reference)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        found = sandbox.decide(
            payment=found,
            pays=form.cleaned_data["decision"] == DecisionForm.PAY,
            faults=form.cleaned_data["faults"],
        )
        stays = Fault.NEVER_RETURNS in found.faults
        return redirect("sandbox:payment", reference) if stays else redirect(sandbox.address_after(found))
    context = {"payment": found, "form": form, "back": sandbox.address_after(found)}
    return render(request, "sandbox/payment_detail.html", context, status=422 if form.is_bound else 200)


@csrf_exempt
@require_POST
def api(request: HttpRequest, verb: str) -> HttpResponse:
    """JSON in, JSON out, signed; answers in the way a gateway would, faults included."""
    if not is_signed(request.body, request.headers.get(SIGNATURE, "")):
        return JsonResponse({"error": "signature"}, status=403)
    try:
        return JsonResponse(VERBS[verb](json.loads(request.body)))
    except sandbox.NoSuchPayment as refusal:
        return JsonResponse({"error": str(refusal)}, status=404)
    except sandbox.Refused as refusal:
        return JsonResponse({"error": str(refusal)}, status=409)


def _create(asked: dict[str, Any]) -> dict[str, Any]:
    form = CreateForm(asked)
    if not form.is_valid():
        raise sandbox.Refused(f"invalid {', '.join(form.errors)}")
    return {"token": sandbox.open_payment(**form.cleaned_data).token}


def _refund(asked: dict[str, Any]) -> dict[str, Any]:
    form = RefundForm(asked)
    if not form.is_valid():
        raise sandbox.Refused(f"invalid {', '.join(form.errors)}")
    return {"refund": str(sandbox.refund(**form.cleaned_data).pk)}


def _status(asked: dict[str, Any]) -> dict[str, Any]:
    found = SandboxPayment.objects.filter(token=asked.get("token", "")).first()
    if found is None:
        raise sandbox.NoSuchPayment
    if sandbox.hangs(found):
        time.sleep(settings.PAYMENT_READ_SECONDS + 1)  # the asking side must really run out of time
    elif Fault.SLOW in found.faults:
        time.sleep(SLOW_SECONDS)
    return {
        "reference": found.reference,
        "state": REVERSED if found.is_reversed() else found.state,
        "amount_minor": found.charged_minor,
        "currency": found.currency,
    }


VERBS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "create": _create,
    "verify": _status,
    "status": _status,
    "refund": _refund,
}
