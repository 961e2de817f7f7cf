"""What runs low, and from how many on a thing is called low."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.pages import BadCursor, Request, safe_next
from sellers import selectors
from sellers import services as sellers
from sellers.forms import LowStockForm
from sellers.models import Channel, Role
from sellers.views.base import desk, team_page

Sort = selectors.StockSort


@team_page(Role.VIEWER)
@require_GET
def stock(request: Request, channel: Channel) -> HttpResponse:
    asked = request.GET.get("sort", "")
    sort = Sort(asked) if asked in Sort.values else Sort.LEFT
    try:
        page = selectors.get_low_stock(channel, sort, request.GET.get("after", ""))
    except BadCursor:
        raise Http404 from None
    context = desk(channel, "stock", page=page, sort=sort, sorts=Sort.choices)
    fragment = "#more" if request.htmx else ""
    return render(request, f"sellers/stock_list.html{fragment}", context)


@team_page(Role.MANAGER)
@require_POST
def stock_threshold(request: Request, channel: Channel) -> HttpResponse:
    """Of the channel, a product or a variant; empty lets it follow the one above."""
    form = LowStockForm(request.POST)
    if form.is_valid():
        found = form.cleaned_data
        try:
            sellers.set_low_stock(
                channel=channel,
                low_stock=found["low_stock"],
                product_id=found["product"],
                variant_id=found["variant"],
            )
        except sellers.NotAllowed:
            raise Http404 from None
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Write a number."))
    return redirect(safe_next(request, reverse("dashboard:stock", args=[channel.handle])))
