"""People as staff see them: never a password, never a secret."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import phones, selectors, services
from accounts.models import User


class PersonForm(forms.ModelForm):
    def clean_email(self) -> str | None:
        return self.cleaned_data["email"].lower() if self.cleaned_data.get("email") else None

    def clean_phone(self) -> str | None:
        text = self.cleaned_data.get("phone")
        try:
            return phones.normalize(text, "ZZ") if text else None
        except phones.NotAPhone as error:
            raise forms.ValidationError(str(error)) from None


@admin.register(User)
class PersonAdmin(admin.ModelAdmin):
    form = PersonForm
    list_display = (
        "__str__",
        "email",
        "phone",
        "language",
        "market",
        "two_factor",
        "is_staff",
        "is_active",
        "joined_at",
    )
    list_filter = ("is_active", "is_staff", "market", ("joined_at", admin.DateFieldListFilter))
    search_fields = ("display_name", "email", "phone")
    search_help_text = _("Name, e-mail address or telephone number")
    autocomplete_fields = ("groups",)
    ordering = ("-joined_at", "-pk")
    list_per_page = 50
    show_full_result_count = False
    actions = ("unlock",)
    fieldsets = (
        (None, {"fields": ("display_name", "email", "phone", "language", "market")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "two_factor")}),
        (_("Dates"), {"fields": ("joined_at", "last_login", "phone_verified_at")}),
    )
    dates = ("joined_at", "last_login", "phone_verified_at", "two_factor")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return selectors.people_for_staff()

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Address and number are changed by their owner, with a code; only a superuser makes staff."""
        fields = self.dates if obj is None else (*self.dates, "email", "phone")
        return fields if request.user.is_superuser else (*fields, "is_staff", "is_superuser", "groups")

    @admin.display(description=_("two-factor"), boolean=True)
    def two_factor(self, person: User) -> bool:
        return bool(getattr(person, "two_factor", False))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A new person has no password yet: she sets one by a code sent to her address or number."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Unlock signing in"), permissions=["change"])
    def unlock(self, request: HttpRequest, people: QuerySet[User]) -> None:
        with transaction.atomic():
            for person in people:
                services.unlock(person=person)
        self.message_user(request, _("They can sign in again."), messages.SUCCESS)


admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class SecondFactorAdmin(admin.ModelAdmin):
    """Who has a second factor; staff may take a lost one away, never read or write it."""

    fields = list_display = ("user", "type", "created_at", "last_used_at")
    readonly_fields = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__display_name", "user__email", "user__phone")
    ordering = ("-created_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
