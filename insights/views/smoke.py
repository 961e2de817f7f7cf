"""A smoke test as visitors see it: what is promised, the form, and where an application stands."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts import phones
from core import limits
from core.pages import Request
from insights import services
from insights.forms import ApplyForm
from insights.models import SmokeField, SmokeTest
from insights.selectors import smoke as selectors
from recommender.lookers import Looker, is_robot
from sellers import selectors as sellers
from sellers.models import Channel
from sellers.views.base import go
from shop import guests

UPLOADS_AN_HOUR = APPLICATIONS_AN_HOUR = 30
GUESTS_AN_HOUR = 120  # new ones from one address; beyond that nobody is counted


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at a test: with which channel, and whether she counts."""

    smoke: SmokeTest
    looker: Looker
    channel: Channel | None
    is_counted: bool

    @property
    def may_apply(self) -> bool:
        """A test for sellers is for people who have a channel."""
        return self.looker.is_known and (self.smoke.target == SmokeTest.Target.SHOPPERS or self.channel is not None)

    def note(self, step: str) -> None:
        if self.is_counted and self.may_apply:
            services.note_step(smoke=self.smoke, looker=self.looker, step=step, channel=self.channel)


def _visit(request: Request, slug: str) -> Visit:
    """Raises Http404 for drafts. A guest who may be counted is given a key."""
    smoke = get_object_or_404(selectors.get_seen_tests(), slug=slug)
    is_person = request.user.is_authenticated
    is_counted = smoke.is_open() and not is_robot(request) and not (is_person and request.user.is_staff)
    if not is_person and smoke.target == SmokeTest.Target.SHOPPERS and is_counted:
        is_counted = _give_key(request)
    channels = sellers.get_own_channels(request.user) if is_person else []
    asked = request.GET.get("channel", "")
    channel = next((one for one in channels if one.handle == asked), channels[0] if channels else None)
    return Visit(smoke, guests.visitor(request).looker, channel, is_counted)


def _give_key(request: Request) -> bool:
    """Whether this guest is known now."""
    if guests.visitor(request).key:
        return True
    try:
        limits.take(f"smoke:{limits.client_address(request)}", limit=GUESTS_AN_HOUR, seconds=3600)
    except limits.TooMany:
        return False
    guests.begin(request)
    return True


@require_GET
def smoke_tests(request: Request) -> HttpResponse:
    """What is tried out for everybody; for sellers, the way to theirs."""
    tests = selectors.get_open_tests(target=SmokeTest.Target.SHOPPERS)
    return render(request, "insights/smoke_list.html", {"tests": tests})


@require_GET
def entries(request: Request, slot: str) -> HttpResponse:
    """Entries that a page of a room below fetches for its slot; empty if there are none."""
    if slot not in (SmokeTest.Slot.DASHBOARD, SmokeTest.Slot.ME):
        raise Http404
    tests = selectors.get_open_tests(slot)
    if slot == SmokeTest.Slot.ME and not sellers.get_own_channels(request.user):
        tests = [test for test in tests if test.target == SmokeTest.Target.SHOPPERS]
    context = {"tests": tests, "slot": slot, "channel": request.GET.get("channel", "")}
    return render(request, "insights/smoke_list.html#entries", context)


@never_cache
@require_GET
def smoke_test(request: Request, slug: str) -> HttpResponse:
    visit = _visit(request, slug)
    if visit.smoke.is_open():
        visit.note("seen_at")
    mine = selectors.get_applicant(visit.smoke, visit.looker)
    return render(request, "insights/smoke_detail.html", _context(request, visit) | {"mine": mine})


def _context(request: Request, visit: Visit) -> dict[str, object]:
    query = request.META["QUERY_STRING"]
    return {"smoke": visit.smoke, "page": visit.smoke.page, "query": f"?{query}" if query else ""}


@never_cache
@require_http_methods(["GET", "POST"])
def apply(request: Request, slug: str) -> HttpResponse:
    """The form. Coming here is the call to action; what is not good comes back with all that was given."""
    visit = _visit(request, slug)
    if not visit.may_apply:
        return _show_way_in(request)
    if not visit.smoke.is_open() or selectors.get_applicant(visit.smoke, visit.looker):
        return go(request, "insights:application", slug)
    if request.method == "GET":
        visit.note("called_at")
        return _show_form(request, visit, _form(request, visit))
    form = _form(request, visit)
    if _keep_files(request, form) and form.is_valid() and _apply(visit, form):
        messages.success(request, _("Thank you. We are checking what you sent."))
        return go(request, "insights:application", slug)
    return _show_form(request, visit, form)


def _show_way_in(request: Request) -> HttpResponse:
    """To sign in, or to open a channel: whoever comes back then may apply."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return redirect("dashboard:open")


def _form(request: Request, visit: Visit) -> ApplyForm:
    who = str(visit.looker.person_id or visit.looker.guest)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    return ApplyForm(*sent, smoke=visit.smoke, country=phones.country_of(request), who=who)


def _keep_files(request: Request, form: ApplyForm) -> bool:
    """Stores what came with the form, so that no other error loses it; says at its question what is refused."""
    refused = {}
    for key, field in form.asked.items():
        upload = request.FILES.get(key)
        if field.kind != SmokeField.Kind.FILE or not upload:
            continue
        try:
            limits.take(f"smoke-upload:{form.who}", limit=UPLOADS_AN_HOUR, seconds=3600)
            form.keep(key, services.keep_upload(field=field, upload=upload))
        except (services.NotAFile, limits.TooMany) as refusal:
            refused[key] = str(refusal)
    for key, why in refused.items():
        form.add_error(key, why)
    return not refused


def _apply(visit: Visit, form: ApplyForm) -> bool:
    try:
        limits.take(f"smoke-apply:{form.who}", limit=APPLICATIONS_AN_HOUR, seconds=3600)
        services.apply(
            smoke=visit.smoke,
            looker=visit.looker,
            answers=form.answers,
            uploads=list(form.kept.values()),
            language=get_language() or "",
            channel=visit.channel,
            is_counted=visit.is_counted,
        )
    except (services.NotOpen, limits.TooMany) as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _show_form(request: Request, visit: Visit, form: ApplyForm) -> HttpResponse:
    fragment = "#application" if request.htmx else ""
    context = _context(request, visit) | {"form": form}
    return render(request, f"insights/smoke_form.html{fragment}", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def started(request: Request, slug: str) -> HttpResponse:
    """The first word was typed: told by a beacon, or with scripts off by the form's own picture."""
    visit = _visit(request, slug)
    if visit.smoke.is_open():
        visit.note("started_at")
    return HttpResponse(status=204)


@never_cache
@require_GET
def application(request: Request, slug: str) -> HttpResponse:
    """Where one's own application stands; who has none finds the test."""
    visit = _visit(request, slug)
    mine = selectors.get_applicant(visit.smoke, visit.looker)
    if mine is None:
        return redirect("insights:smoke_test", slug)
    return render(request, "insights/application.html", _context(request, visit) | {"mine": mine})
