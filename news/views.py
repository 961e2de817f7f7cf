"""The list of news, its settings, and what browsers and mail programs call."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from core.pages import BadCursor, Request, page_or_fragment, place_of
from core.templatetags.bisat import day
from news import forms, hours, kinds, mail, push, selectors, services
from news.models import News


class SignedIn(Request):
    """A request that ``login_required`` let through."""

    user: User


@login_required
@require_GET
def news_list(request: SignedIn) -> HttpResponse:
    """What one was told, newest first, by days of one's own clocks."""
    after = request.GET.get("after", "")
    try:
        page = selectors.get_news(request.user, after)
        above = place_of(after)[0] if after else None
    except BadCursor:
        raise Http404 from None
    context: dict[str, object] = {"page": page}
    if not request.htmx:
        context["unread"] = selectors.count_unread(request.user)
        context["newest"] = max((news.pk for news in page.rows), default=0)
    with hours.speaking_to(request.user):
        context["day_before"] = day(above) if above else ""
        return page_or_fragment(request, "news/news_list.html", "rows", context)


@login_required
@require_GET
def open_news(request: SignedIn, pk: int) -> HttpResponse:
    """Marks one's own news read and leads to what it is about."""
    news = get_object_or_404(News, pk=pk, person=request.user)
    services.open_news(news=news)
    return redirect(news.url)


@login_required
@require_POST
def read_all(request: SignedIn) -> HttpResponse:
    newest = request.POST.get("newest", "")
    if newest.isdecimal():
        services.read_all(person=request.user, newest_pk=int(newest))
    return redirect("news:list")


@require_GET
def badge(request: Request) -> HttpResponse:
    """The bell with the number of unread news; nothing for a guest."""
    if not request.user.is_authenticated:
        return HttpResponse()
    count = selectors.count_unread(request.user)
    return render(request, "news/news_list.html#bell", {"count": count, "most": selectors.MOST_UNREAD})


@login_required
@require_http_methods(["GET", "POST"])
def news_settings(request: SignedIn) -> HttpResponse:
    person = request.user
    form = forms.SettingsForm(
        request.POST or None, ways=selectors.get_ways(person), rhythm=selectors.get_rhythm(person)
    )
    if request.method == "POST" and form.is_valid():
        services.save_settings(person=person, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("news:settings")
    context = {"form": form, "push_key": push.public_key() if push.is_offered() else "", "market": request.market}
    return render(request, "news/settings_form.html", context, status=422 if form.errors else 200)


@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed address is the permission
@require_http_methods(["GET", "POST"])
def unsubscribe(request: Request, token: str) -> HttpResponse:
    """Asks and, posted to, ends e-mails of one group; works without signing in."""
    try:
        pk, group = mail.read_token(token)
    except mail.BadToken:
        raise Http404 from None
    person = get_object_or_404(User, pk=pk)
    if request.method == "POST":
        services.unsubscribe(person=person, group=group)
    label = kinds.Group(group).label if group else ""
    with translation.override(person.language):
        context = {"group": label, "done": request.method == "POST", "token": token}
        return render(request, "news/unsubscribe.html", context)


@login_required
@require_POST
def subscribe(request: SignedIn) -> HttpResponse:
    """This browser wants to be told: 204, or 422 when it names no push service we know."""
    form = forms.SubscriptionForm(request.POST)
    if not push.is_offered():
        raise Http404
    if not form.is_valid():
        return HttpResponse(status=422)
    try:
        services.subscribe(
            person=request.user,
            **form.cleaned_data,
            user_agent=request.headers.get("User-Agent", ""),
            session_key=request.session.session_key,
        )
    except services.NotAPushService:
        return HttpResponse(status=422)
    return HttpResponse(status=204)


@login_required
@require_POST
def end_subscription(request: SignedIn) -> HttpResponse:
    form = forms.EndpointForm(request.POST)
    if form.is_valid():
        services.end_subscription(person=request.user, endpoint=form.cleaned_data["endpoint"])
    return HttpResponse(status=204)
