"""The ledger as it is, and what providers paid into the bank."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import money
from payments import selectors
from payments import services as payments
from payments.admin.base import Looking, LookingInline, amount, staff_of
from payments.forms import SettlementForm
from payments.models import Account, Entry, Posting


@admin.register(Account)
class AccountAdmin(Looking):
    list_display = ("kind", "owner", "provider", "currency", "balance")
    list_filter = ("kind", "currency")
    search_fields = ("person__email", "person__phone", "channel__handle")
    fields = readonly_fields = ("kind", "owner", "provider", "currency", "balance", "floor_minor")
    list_select_related = ("person", "channel")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return selectors.with_balances(super().get_queryset(request)).order_by("kind", "pk")

    @admin.display(description=_("owner"))
    def owner(self, account: Account) -> str:
        return str(account.person or account.channel or "")

    @admin.display(description=_("balance"))
    def balance(self, account: Any) -> str:
        return money.format_money(account.total_minor, account.currency)


class PostingInline(LookingInline):
    model = Posting
    fields = readonly_fields = ("account", "request", "amount")
    amount = amount("amount")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Posting]:
        return super().get_queryset(request).select_related("account", "request").order_by("pk")


@admin.register(Entry)
class EntryAdmin(Looking):
    change_list_template = "payments/entry_queue.html"
    list_display = ("id", "at", "kind", "request", "version", "actor")
    list_filter = ("kind",)
    search_fields = ("key", "request__token")
    fields = readonly_fields = ("key", "kind", "request", "version", "actor", "at")
    list_select_related = ("request", "actor")
    inlines = (PostingInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return super().get_queryset(request).order_by("-pk")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.settlement)
        return [path("settlement/", view, name="payments_entry_settlement"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"may_settle": self.may(request, "add")} | (extra_context or {}))

    def settlement(self, request: HttpRequest) -> HttpResponse:
        self.demand(request, "add")
        form = SettlementForm(request.POST if request.method == "POST" else None)
        return self.ask(
            request,
            form,
            lambda: payments.record_settlement(by=staff_of(request), **form.words()),
            back=reverse("admin:payments_entry_changelist"),
            done=gettext("The settlement is recorded."),
            title=gettext("A provider paid us"),
            sentence=gettext("What it collected less its fee came into the bank. The same number counts once."),
            label=gettext("Record"),
        )
