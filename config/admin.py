"""Staff's side of the house: Django admin behind two-factor sign-in."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import selectors
from core.queues import get_waiting


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this person has an app or a passkey; signing in then always asks for one."""
    return request.user.is_authenticated and selectors.has_second_factor(request.user)


class BisatAdminSite(AdminSite):
    site_title = gettext_lazy("Bisat staff")
    site_header = gettext_lazy("Bisat staff")
    index_title = gettext_lazy("The shop")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and has_second_factor(request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What waits for staff stands first."""
        return super().index(request, {"waiting": get_waiting(self, request)} | (extra_context or {}))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One sign-in for everybody; staff without a second factor are sent to set one up first."""
        after = {"next": request.GET.get("next", reverse("admin:index"))}
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?{urlencode(after)}")
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_staff:
            messages.warning(request, _("Staff sign in with two factors. Set up your authenticator app first."))
            return redirect("mfa_activate_totp")
        messages.error(request, _("This part of the house is for staff."))
        return redirect("shop:tab")
