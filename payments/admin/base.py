"""What staff's pages of money have in common."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import money
from payments import services as payments

AMOUNT = _("amount")


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

    def may(self, request: HttpRequest, verb: str) -> bool:
        """Whether the person has Django's permission of that name ("change", "add") for these rows."""
        return request.user.has_perm(f"{self.opts.app_label}.{verb}_{self.opts.model_name}")

    def demand(self, request: HttpRequest, verb: str) -> None:
        if not self.may(request, verb):
            raise PermissionDenied

    def show(self, request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """A page of our own inside the admin site; ``context`` has at least a title."""
        given = self.admin_site.each_context(request) | {"opts": self.opts} | context
        return TemplateResponse(request, template, given, status=status)

    def ask(
        self, request: HttpRequest, form: forms.Form, act: Callable[[], object], *, back: str, done: str, **context: Any
    ) -> HttpResponse:
        """One form and one service: what it refuses stands beside the form."""
        if form.is_bound and form.is_valid():
            try:
                act()
            except payments.Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                self.message_user(request, done, messages.SUCCESS)
                return redirect(back)
        status = 422 if form.is_bound else 200
        return self.show(request, "payments/staff_form.html", status=status, form=form, back=back, **context)

    def each(self, request: HttpRequest, rows: models.QuerySet[Any], act: Callable[[Any], object]) -> int:
        """Calls the service for each chosen row, says what it refused; returns how many were done."""
        done = 0
        for row in rows:
            try:
                act(row)
                done += 1
            except payments.Refused as refusal:
                self.message_user(request, f"{row}: {refusal}", messages.ERROR)
        return done


class LookingInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class Acting(Looking):
    """A list whose actions change rows, by services; the page of one row stays closed."""

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return obj is None and self.may(request, "change")


def staff_of(request: HttpRequest) -> User:
    """The person behind a page of the admin site, which lets in nobody else."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def amount(name: str, label: Any = AMOUNT) -> Any:
    """A column that shows ``<name>_minor`` in the row's currency."""

    @admin.display(description=label, ordering=f"{name}_minor")
    def show(self: Any, row: Any) -> str:
        return money.format_money(getattr(row, f"{name}_minor"), row.currency)

    return show
