"""Save, follow, mute, like. Each asks for a state (``?on=1`` or ``?on=0``), so repeating it changes nothing.

A POST does it: htmx gets the new button and a toast, a browser without scripts goes back where it was. A GET, the
link of a button without scripts, shows a small page with the form.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import limits
from core.pages import Request, safe_next, tell_page
from recommender import services as recommender
from recommender.models import Interaction
from sellers import services as sellers
from shop import guests
from shop.selectors import channel as channels
from shop.selectors import product as products

LIMIT, SECONDS = 120, 60
STYLES = {"", "like", "icon-button", "bookmark", "small", "page", "row"}
View = Callable[..., HttpResponse]


def switch(view: View) -> View:
    """Allows GET and POST and limits how often one visitor may press."""

    @wraps(view)
    @require_http_methods(["GET", "POST"])
    def limited(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            try:
                who = request.user.pk or limits.client_address(request)
                limits.take(f"switch:{who}", limit=LIMIT, seconds=SECONDS)
            except limits.TooMany:
                return render(request, "429.html", status=429)
        return view(request, *args, **kwargs)

    return limited


@switch
def save(request: Request, pk: int) -> HttpResponse:
    """A heart on a product; a guest's is kept in her session."""
    product, on = products.get_product(guests.visitor(request), pk), _wanted(request)
    if request.method == "POST":
        if not request.user.is_authenticated:
            guests.keep_save(request, product_id=pk, on=on)
        elif on:
            sellers.save(person=request.user, product=product)
        else:
            sellers.unsave(person=request.user, product=product)
        if on:
            looker = guests.visitor(request).looker
            recommender.record(looker=looker, kind=Interaction.Kind.SAVE, product_id=pk, channel_id=product.channel_id)
    question = _("Save “{name}”?") if on else _("Take “{name}” off your saved things?")
    words = {
        "question": question.format(name=product.title),
        "said": _("Saved. You find it under Me.") if on else _("No longer saved"),
    }
    shown = {"product": product, "more_like": product if on else None}
    response = _answer(request, "save", product.get_absolute_url(), on, words | shown)
    if on and request.method == "POST" and request.htmx:
        tell_page(response, "saved")  # the shelf of what is picked for her follows
    return response


@switch
def follow(request: Request, handle: str) -> HttpResponse:
    """Follow a channel or leave it; a guest's follows are kept in her session."""
    channel, on = channels.get_channel(guests.visitor(request), handle), _wanted(request)
    if request.method == "POST":
        if not request.user.is_authenticated:
            guests.keep_follow(request, channel_id=channel.pk, on=on)
        elif on:
            sellers.follow(person=request.user, channel=channel)
        else:
            sellers.unfollow(person=request.user, channel=channel)
        if on:
            looker = guests.visitor(request).looker
            recommender.record(looker=looker, kind=Interaction.Kind.FOLLOW, channel_id=channel.pk)
        channel.is_followed, channel.is_muted = on, channel.is_muted and on  # type: ignore[attr-defined]
    question = _("Follow {name}?") if on else _("Stop following {name}?")
    said = _("You follow {name} now") if on else _("You no longer follow {name}")
    words = {"question": question.format(name=channel.name), "said": said.format(name=channel.name)}
    return _answer(request, "follow", channel.get_absolute_url(), on, words | {"channel": channel})


@switch
def mute(request: Request, handle: str) -> HttpResponse:
    """Keep a followed channel's posts out of one's feed, or let them in again."""
    if not request.user.is_authenticated:
        return _to_sign_in(request)
    channel, on = channels.get_channel(guests.visitor(request), handle), _wanted(request)
    if request.method == "POST":
        (sellers.mute if on else sellers.unmute)(person=request.user, channel=channel)
        channel.is_muted = on and channel.is_followed  # type: ignore[attr-defined]
    question = _("Keep {name} out of your feed?") if on else _("Show {name} in your feed again?")
    said = _("{name} stays out of your feed") if on else _("{name} is in your feed again")
    words = {"question": question.format(name=channel.name), "said": said.format(name=channel.name)}
    return _answer(request, "mute", channel.get_absolute_url(), on, words | {"channel": channel})


@switch
def like(request: Request, handle: str, pk: int) -> HttpResponse:
    """A like is a person's word: guests sign in first."""
    if not request.user.is_authenticated:
        return _to_sign_in(request)
    visitor, on = guests.visitor(request), _wanted(request)
    row = channels.get_post(channels.get_channel(visitor, handle), visitor, pk)
    if request.method == "POST":
        (sellers.like if on else sellers.unlike)(person=request.user, post=row.post)
        row.post.refresh_from_db(fields=["like_count"])
    question = _("Like this post of {name}?") if on else _("Take back your like?")
    words = {"question": question.format(name=row.channel.name), "said": _("Liked") if on else _("Like taken back")}
    return _answer(request, "like", row.post.get_absolute_url(), on, words | {"post": row.post})


def _wanted(request: Request) -> bool:
    return request.GET.get("on", "1") != "0"


def _answer(request: Request, fragment: str, page: str, on: bool, context: dict[str, Any]) -> HttpResponse:
    """The small page for GET, the button for htmx, else back to where the press was made."""
    style = request.GET.get("as", "")
    context |= {"on": on, "style": style if style in STYLES else "", "undo": "undo" in request.GET}
    if request.method == "GET":
        back = safe_next(request, "") or _referrer(request) or page
        return render(request, "shop/switch.html", context | {"next": back, "action": request.get_full_path()})
    if request.htmx:
        return render(request, f"shop/switch.html#{fragment}", context)
    messages.success(request, context["said"])
    return redirect(safe_next(request, page))


def _referrer(request: Request) -> str:
    """Path of the page the link was on, if it is ours."""
    address = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _to_sign_in(request: Request) -> HttpResponse:
    """To the sign-in page; from there to the small page of this switch."""
    response = redirect_to_login(request.get_full_path())
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
    return response
