"""The pages where a person looks after herself; everything else is allauth's."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.webauthn.views import remove_webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import phones, purposes, selectors, services, sms
from accounts.adapter import MFAAdapter
from accounts.forms import ChoicesForm, ProfileForm
from accounts.models import User
from core.personal_data import reasons_to_stay
from core.pictures import NotAPicture


def _person(request: HttpRequest) -> User:
    """Who is signed in; only for views that ask for it."""
    assert isinstance(request.user, User)  # noqa: S101 - for the type checker
    return request.user


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return redirect("accounts:profile")


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    person = selectors.person_with_avatar(request.user.pk or 0)
    form = ProfileForm(request.POST or None, request.FILES or None, instance=person)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_profile(person=person, **form.cleaned_data)
        except NotAPicture as error:
            form.add_error("picture", str(error))
        else:
            with translation.override(person.language):
                messages.success(request, _("Saved."))
            return redirect("accounts:profile")
    context = {
        "form": form,
        "person": selectors.person_with_avatar(person.pk) if form.errors else person,
        "phone": phones.display(person.phone) if person.phone else "",
        "can_text": sms.is_offered(),
        "has_second_factor": selectors.has_second_factor(person),
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """What stands between her account and others, each with a way to change it."""
    person = selectors.person_with_avatar(request.user.pk or 0)
    context = {"factors": selectors.get_factors(person), "sessions": selectors.get_sessions(person)}
    return render(request, "accounts/security.html", context | {"person": person, "here": request.session.session_key})


@login_required
@require_POST
def session_end(request: HttpRequest) -> HttpResponse:
    """Signs one browser of hers out, or all but this."""
    here, fingerprint = request.session.session_key, request.POST.get("session", "")
    if services.end_sessions(person=_person(request), fingerprint=fingerprint, but=here):
        messages.success(request, _("Signed out there.") if fingerprint else _("Signed out everywhere else."))
    return redirect("accounts:security")


@login_required
@require_GET
def to_security(request: HttpRequest) -> HttpResponse:
    """allauth's lists of factors stand on our page."""
    return redirect("accounts:security")


@login_required
@require_http_methods(["GET", "POST"])
def passkey_remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """allauth's page, which does not ask whether staff would be left without a second factor."""
    if request.user.is_staff and not selectors.has_second_factor(request.user, but=pk):
        messages.error(request, MFAAdapter.error_messages["cannot_delete_authenticator"])
        return redirect("accounts:security")
    return remove_webauthn(request, pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def data(request: HttpRequest) -> HttpResponse:
    """What is kept of her: an archive to take along, choices, and the way out."""
    if request.method == "POST":
        services.ask_for_export(person=_person(request))
        messages.success(request, _("We are making the archive, and tell you when it is ready."))
        return redirect("accounts:data")
    return render(request, "accounts/data.html", {"exports": selectors.get_exports(_person(request))})


@reauthentication_required
@require_GET
def export_file(request: HttpRequest, pk: int) -> FileResponse:
    """An archive of hers while it is kept; asked for a password first, since it holds everything."""
    export = get_object_or_404(selectors.ready_exports(_person(request)), pk=pk)
    try:
        file = storages["private"].open(export.file)
    except FileNotFoundError:
        raise Http404 from None
    name = f"bisat-{export.asked_at:%Y-%m-%d}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    return response


@reauthentication_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Says what becomes of everything, and what stands in the way; then begins the wait."""
    reasons = reasons_to_stay(request.user)
    if request.method == "POST" and not reasons:
        try:
            erasure = services.ask_to_leave(person=_person(request))
        except services.CannotLeave as refused:
            reasons = refused.reasons
        else:
            logout(request)
            return render(request, "accounts/left.html", {"due_at": erasure.due_at})
    context = {"reasons": reasons, "days": settings.ERASURE_DAYS}
    return render(request, "accounts/leave.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    """Yes or no to what is optional: a person's are kept with their moment, a guest's in a cookie."""
    said_no = purposes.declined(request)
    form = ChoicesForm(
        request.POST if request.method == "POST" else None,
        initial={name: name not in said_no for name in purposes.Purpose.values},
    )
    if request.method == "POST" and form.is_valid():
        response = redirect("accounts:choices")
        if request.user.is_authenticated:
            services.choose(person=request.user, declined=form.declined())
        else:
            purposes.remember(response, form.declined())
        messages.success(request, _("Saved."))
        return response
    history = selectors.get_consents(request.user) if request.user.is_authenticated else []
    return render(request, "accounts/choices.html", {"form": form, "history": history})
