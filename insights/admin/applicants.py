"""Who applied to a smoke test, and what each is told."""

from typing import Any

from django.contrib import admin, messages
from django.core.files.storage import storages
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import documents, pictures
from core.admin import ReadOnly, ReasonForm
from core.queues import Queue
from insights import services
from insights.admin.base import demand, staff_of
from insights.models import Applicant, ApplicantTransition, SmokeUpload
from insights.selectors import smoke as selectors

WIDEST = 1600


class TransitionInline(admin.TabularInline):
    model = ApplicantTransition
    extra = 0
    can_delete = False
    fields = readonly_fields = ("at", "from_state", "to_state", "by", "words")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Applicant)
class ApplicantAdmin(Queue, ReadOnly):
    waiting_label = _("applicants of smoke tests to look at")
    waiting = Q(state=Applicant.State.RECEIVED)
    waiting_query = "?state__exact=received"
    list_display = ("__str__", "test", "state", "created_at")
    list_filter = ("state", "test")
    list_select_related = ("test", "channel", "person")
    search_fields = ("channel__handle", "person__display_name", "person__email")
    fields = readonly_fields = ("test", "person", "channel", "state", "words", "told", "created_at")
    inlines = (TransitionInline,)
    actions = ("take_up", "not_built")
    action_form = ReasonForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Applicant]:
        return self.waiting_first(super().get_queryset(request))

    @admin.display(description=_("answers"))
    def told(self, applicant: Applicant) -> SafeString:
        """Each question and its answer; files by links that only staff can open."""
        fields = applicant.test.fields.order_by("position", "pk")
        answers = ((field.label, selectors.get_answer(applicant, field)) for field in fields)
        rows = format_html_join("", '<tr><th scope="row">{}</th><td dir="auto">{}</td></tr>', answers)
        links = ((_file_url(upload), upload.name) for upload in applicant.uploads.all())
        files = format_html_join(" · ", '<a href="{}">{}</a>', links)
        return format_html("<table><tbody>{}</tbody></table>{}", rows, files)

    @admin.action(description=_("We are at it (words to the applicant)"), permissions=["change"])
    def take_up(self, request: HttpRequest, queryset: QuerySet[Applicant]) -> None:
        self._move(request, queryset, Applicant.State.CHECKING)

    @admin.action(description=_("Not built (say why)"), permissions=["change"])
    def not_built(self, request: HttpRequest, queryset: QuerySet[Applicant]) -> None:
        self._move(request, queryset, Applicant.State.NOT_BUILT)

    def _move(self, request: HttpRequest, applicants: QuerySet[Applicant], to: str) -> None:
        chosen = Applicant.objects.filter(pk__in=applicants.values("pk"))
        words = request.POST.get("reason", "").strip()
        try:
            done = services.move_applicants(applicants=chosen, to=to, by=staff_of(request), words=words)
        except services.Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return
        text = ngettext("{n} applicant was told.", "{n} applicants were told.", done).format(n=done)
        self.message_user(request, text, messages.SUCCESS)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [path("files/<int:pk>/", wrap(self.file), name="insights_applicant_file"), *super().get_urls()]

    def file(self, request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
        """A picture, or a PDF that the browser saves instead of running what may be in it."""
        demand(self, request, "view")
        upload = get_object_or_404(SmokeUpload.objects.exclude(applicant=None).select_related("picture"), pk=pk)
        if upload.picture:
            return pictures.serve(upload.picture, WIDEST)
        return documents.serve(storages["private"], upload.document, str(upload.pk))


def _file_url(upload: SmokeUpload) -> str:
    return reverse("admin:insights_applicant_file", args=[upload.pk])
