"""Staff look at money here; nothing is edited. What moves money is a service."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core import money
from payments import selectors
from payments.models import (
    Account,
    Alert,
    Entry,
    MoneyRequest,
    PaymentAttempt,
    Posting,
    RequestTransition,
    RequestVersion,
)


class Looking(admin.ModelAdmin):
    """Lists and shows; no form changes anything."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class LookingInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


def amount(name: str, label: Any) -> Any:
    """A column that shows ``<name>_minor`` in the row's currency."""

    @admin.display(description=label, ordering=f"{name}_minor")
    def show(self: Any, row: Any) -> str:
        return money.format_money(getattr(row, f"{name}_minor"), row.currency)

    return show


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
    amount = amount("amount", _("amount"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Posting]:
        return super().get_queryset(request).select_related("account", "request").order_by("pk")


@admin.register(Entry)
class EntryAdmin(Looking):
    list_display = ("id", "at", "kind", "request", "version", "actor")
    list_filter = ("kind",)
    search_fields = ("key", "request__token")
    fields = readonly_fields = ("key", "kind", "request", "version", "actor", "at")
    list_select_related = ("request", "actor")
    inlines = (PostingInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return super().get_queryset(request).order_by("-pk")


class TransitionInline(LookingInline):
    model = RequestTransition
    fields = readonly_fields = ("at", "version", "verb", "from_state", "to_state", "who", "by", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RequestTransition]:
        return super().get_queryset(request).select_related("by").order_by("version")


class VersionInline(LookingInline):
    model = RequestVersion
    fields = readonly_fields = ("version", "line_rows", "delivery_minor", "discount_minor", "amount_minor", "fee_minor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RequestVersion]:
        return super().get_queryset(request).order_by("version")


@admin.register(MoneyRequest)
class MoneyRequestAdmin(Looking):
    list_display = ("token", "title", "channel", "buyer", "state", "amount", "refunded", "due_at", "created_at")
    list_filter = ("state", "currency", "timer")
    search_fields = ("token", "title", "channel__handle", "buyer__email", "buyer__phone")
    list_select_related = ("channel", "buyer")
    fields = readonly_fields = (
        *("token", "title", "channel", "buyer", "origin", "state", "version", "amount", "fee", "refunded"),
        *("timer", "due_at", "carrier", "tracking"),
        *("requested_at", "paid_at", "shipped_at", "delivered_at", "ended_at"),
    )
    inlines = (TransitionInline, VersionInline)
    amount, fee, refunded = amount("amount", _("amount")), amount("fee", _("fee")), amount("refunded", _("refunded"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[MoneyRequest]:
        return super().get_queryset(request).order_by("-pk")


@admin.register(PaymentAttempt)
class PaymentAttemptAdmin(Looking):
    list_display = ("id", "person", "provider", "provider_reference", "state", "amount", "pays_request", "created_at")
    list_filter = ("state", "provider", "currency")
    search_fields = ("token", "provider_reference", "person__email", "request__token")
    list_select_related = ("person", "request")
    fields = readonly_fields = (
        *("token", "person", "request", "version", "provider", "provider_reference", "amount"),
        *("state", "detail", "pays_request", "created_at", "settled_at"),
    )
    amount = amount("amount", _("amount"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaymentAttempt]:
        return super().get_queryset(request).order_by("-pk")


@admin.register(Alert)
class AlertAdmin(Looking):
    list_display = ("kind", "subject", "text", "raised_at", "cleared_at")
    list_filter = ("kind", ("cleared_at", admin.EmptyFieldListFilter))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        return super().get_queryset(request).order_by("-pk")
