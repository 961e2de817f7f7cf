"""What staff's pages of this room have in common."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from accounts.models import User


def staff_of(request: HttpRequest) -> User:
    """The person behind a page of the admin site, which lets in nobody else."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def demand(page: admin.ModelAdmin, request: HttpRequest, verb: str) -> None:
    """Raises PermissionDenied without Django's permission of that name ("view", "change") for the page's rows."""
    if not request.user.has_perm(f"{page.opts.app_label}.{verb}_{page.opts.model_name}"):
        raise PermissionDenied


def show(
    page: admin.ModelAdmin, request: HttpRequest, template: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A page of our own inside the admin site; ``context`` has at least a title."""
    given = page.admin_site.each_context(request) | {"opts": page.opts} | context
    return TemplateResponse(request, template, given, status=status)
