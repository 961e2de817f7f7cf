"""Official ads: the price list, and what was booked."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ads.forms import PackageForm
from ads.models import Booking, Package
from payments.admin.base import Looking, amount


@admin.register(Package)
class PackageAdmin(admin.ModelAdmin):
    """What was booked keeps its price: a package is taken off sale, never deleted."""

    form = PackageForm
    list_display = ("name", "market", "days", "price", "is_active")
    list_filter = ("market", "is_active")
    ordering = ("market", "price_minor", "pk")
    price = amount("price", _("price"))

    @admin.display(description=_("name"))
    def name(self, package: Package) -> str:
        return str(package)

    def has_delete_permission(self, request: HttpRequest, obj: Package | None = None) -> bool:
        return False


@admin.register(Booking)
class BookingAdmin(Looking):
    list_display = ("campaign", "package", "source", "price", "returned", "person", "at")
    list_filter = ("source", "currency")
    list_select_related = ("campaign", "package", "person")
    search_fields = ("token", "campaign__name", "campaign__channel__handle")
    fields = readonly_fields = ("token", "campaign", "package", "source", "price", "returned", "person", "at")
    ordering = ("-pk",)
    price, returned = amount("amount", _("amount")), amount("returned", _("paid back"))
