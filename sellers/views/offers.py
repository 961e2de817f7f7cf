"""Reviewing what an import's messages seem to sell."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.money import plain_amount
from core.pages import BadCursor, Request
from core.templatetags.bisat import number
from sellers import selectors
from sellers import services as sellers
from sellers.forms.fields import counts_in_toman, unit_of
from sellers.forms.imports import OfferForm
from sellers.models import Channel, Import, Role
from sellers.selectors import OfferRow
from sellers.views.base import desk, go, person_of, team_page


@dataclass
class Line:
    """One message as the page shows it: what was guessed, or what came back with what is wrong."""

    row: OfferRow
    title: str
    price: str
    category: str
    stock: str
    is_taken: bool
    errors: list[str] = field(default_factory=list)

    @property
    def category_name(self) -> str:
        node = selectors.get_category_tree().by_id.get(int(self.category)) if self.category.isdigit() else None
        return str(node) if node else ""

    @property
    def confidence(self) -> float:
        return float(self.row.offer.get("confidence") or 0) if self.category else 0


def _line(row: OfferRow, channel: Channel) -> Line:
    offer, category = row.offer, str(row.offer.get("category") or "")
    price = plain_amount(offer["price_minor"], channel.currency, toman=counts_in_toman(channel.currency))
    return Line(row, offer["title"], price, category, str(offer["stock"]), is_taken=bool(category and row.picture))


def _leaf_options() -> SafeString:
    """All leaves as options, written once a language and edition of the tree: each row offers them."""
    key = f"leaf-options:{get_language()}:{selectors.get_category_tree().edition[:16]}"
    html = cache.get(key)
    if html is None:
        html = format_html_join(
            "",
            '<optgroup label="{}">{}</optgroup>',
            (
                (group, format_html_join("", '<option value="{}">{}</option>', leaves))
                for group, leaves in selectors.get_leaf_choices()
            ),
        )
        cache.set(key, str(html), 3600)
    return format_html("{}", SafeString(html))


def _show(request: Request, job: Import, lines: list[Line], cursor: str, status: int = 200) -> HttpResponse:
    context = desk(
        job.channel,
        "import",
        job=job,
        lines=lines,
        next_cursor=cursor,
        left=selectors.count_offers(job),
        unit=unit_of(job.channel.currency),
        leaves=_leaf_options(),
    )
    return render(request, f"sellers/import_review.html{'#review' if request.htmx else ''}", context, status=status)


@team_page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def import_review(request: Request, channel: Channel, pk: int) -> HttpResponse:
    job = selectors.get_import(channel, pk)
    if request.method == "POST":
        return _decide(request, job)
    try:
        page = selectors.get_offers(job, after=request.GET.get("after", ""))
    except BadCursor:
        page = selectors.get_offers(job)
    return _show(request, job, [_line(row, channel) for row in page.rows], page.next_cursor)


def _decide(request: Request, job: Import) -> HttpResponse:
    """Takes or leaves the ticked ones; what cannot be taken comes back with its reason, the rest is done."""
    shown = [int(pk) for pk in request.POST.getlist("row")[: selectors.OFFERS] if pk.isdigit()]
    rows = list(selectors.get_offers(job, only=shown).rows)
    ticked = [row for row in rows if request.POST.get(f"{row.pk}-take")]
    if not ticked:
        messages.error(request, _("Tick what you mean first."))
        return go(request, "dashboard:import_review", job.channel.handle, job.pk)
    if request.POST.get("action") == "leave":
        count = sellers.decline_offers(job=job, by=person_of(request), rows=[row.pk for row in ticked])
        said = ngettext("{n} stays an ordinary post.", "{n} stay ordinary posts.", count)
        messages.success(request, said.format(n=number(count)))
        return go(request, "dashboard:import_review", job.channel.handle, job.pk)
    return _accept(request, job, ticked)


def _accept(request: Request, job: Import, ticked: list[OfferRow]) -> HttpResponse:
    forms = {row.pk: OfferForm(request.POST, prefix=str(row.pk), currency=job.channel.currency) for row in ticked}
    wrong = {pk: _sentences(form) for pk, form in forms.items() if not form.is_valid()}
    good = [
        sellers.Offer(pk, data["title"], data["price"], data["category"], data["stock"])
        for pk, data in ((pk, form.cleaned_data) for pk, form in forms.items() if pk not in wrong)
    ]
    refused = sellers.accept_offers(job=job, by=person_of(request), offers=good)
    wrong |= {pk: [reason] for pk, reason in refused.items()}
    if count := len(ticked) - len(wrong):
        said = ngettext("{n} is for sale now.", "{n} are for sale now.", count)
        messages.success(request, said.format(n=number(count)))
    if not wrong:
        return go(request, "dashboard:import_review", job.channel.handle, job.pk)
    lines = [_again(row, request.POST, wrong[row.pk]) for row in ticked if row.pk in wrong]
    return _show(request, job, lines, "", status=422)


def _sentences(form: OfferForm) -> list[str]:
    labels = {"title": _("Title"), "price": _("Price"), "category": _("Category"), "stock": _("Stock")}
    return [f"{labels.get(name, name)}: {errors[0]}" for name, errors in form.errors.items()]


def _again(row: OfferRow, data: Any, errors: list[str]) -> Line:
    """The line as it was typed."""
    title, price, category, stock = (
        data.get(f"{row.pk}-{name}", "")[:200] for name in ("title", "price", "category", "stock")
    )
    return Line(row, title, price, category, stock, is_taken=True, errors=errors)
