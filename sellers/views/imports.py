"""Bringing things from elsewhere: upload, columns, progress, review, undo."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.limits import TooMany
from core.pages import Request
from core.spreadsheets import csv_response, safe_cell
from core.templatetags.bisat import number
from sellers import selectors
from sellers import services as sellers
from sellers.forms.imports import ColumnsForm, EncodingForm, ImportForm
from sellers.imports.telegram import SKIPPED
from sellers.models import Channel, Import, ImportRow, Role
from sellers.views.base import desk, go, person_of, team_page


def _show_list(request: Request, channel: Channel, form: ImportForm, status: int = 200) -> HttpResponse:
    context = desk(
        channel,
        "import",
        form=form,
        imports=selectors.get_imports(channel),
        exports=selectors.get_exports(channel),
        fetches=settings.IMPORT_FETCH_PICTURES,
    )
    return render(request, f"sellers/import_list.html{'#bring' if request.htmx else ''}", context, status=status)


@team_page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
@csrf_exempt  # the token is asked for by _upload: to look for it reads the whole body, and its size comes first
def imports(request: Request, channel: Channel) -> HttpResponse:
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.IMPORT_MAX_BYTES:
        form = ImportForm({})
        n = number(settings.IMPORT_MAX_BYTES // 2**20)
        form.errors.clear()
        form.add_error(None, _("That is more than {n} MB at once. Split it.").format(n=n))
        return _show_list(request, channel, form, status=413)
    return _upload(request, channel)


@csrf_protect
def _upload(request: Request, channel: Channel) -> HttpResponse:
    if request.method == "GET":
        return _show_list(request, channel, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show_list(request, channel, form, status=422)
    upload, pictures = form.cleaned_data["file"], form.cleaned_data["pictures"]
    try:
        job = sellers.create_import(channel=channel, by=person_of(request), upload=upload, pictures=pictures)
    except sellers.BadFile as refusal:
        form.add_error("file", str(refusal))
    except (sellers.NotAllowed, TooMany) as refusal:
        form.add_error(None, str(refusal))
    else:
        return go(request, job)
    return _show_list(request, channel, form, status=422)


def _columns_context(job: Import, form: ColumnsForm | None = None) -> dict[str, Any]:
    if job.state != Import.State.MAPPING:
        return {}
    form = form or ColumnsForm(reading=job.reading, currency=job.channel.currency)
    given = {"encoding": job.reading["encoding"]}
    encoding = EncodingForm(initial=given) if job.reading["encoding"] and not job.reading["is_certain"] else None
    return {"form": form, "columns": form.columns(job.reading["samples"]), "encoding": encoding}


def _show(request: Request, job: Import, status: int = 200, **context: Any) -> HttpResponse:
    """The page; for the progress that asks for itself its part alone."""
    reasons = [] if job.is_working() else list(selectors.get_reasons(job))
    context |= desk(
        job.channel,
        "import",
        job=job,
        reasons=reasons,
        offers=0 if job.is_working() else selectors.count_offers(job),
        skips=[(SKIPPED.get(kind, kind), count) for kind, count in job.skips()],
        outcomes=dict(ImportRow.Outcome.choices),
    )
    return render(request, f"sellers/import_detail.html{'#import' if request.htmx else ''}", context, status=status)


@team_page(Role.MANAGER)
@require_GET
def import_detail(request: Request, channel: Channel, pk: int) -> HttpResponse:
    job = selectors.get_import(channel, pk)
    return _show(request, job, **_columns_context(job))


@team_page(Role.MANAGER)
@require_POST
def import_columns(request: Request, channel: Channel, pk: int) -> HttpResponse:
    """The mapping that the seller agrees to."""
    job = selectors.get_import(channel, pk)
    if job.state != Import.State.MAPPING:
        return go(request, job)
    form = ColumnsForm(request.POST, reading=job.reading, currency=channel.currency)
    if not form.is_valid():
        return _show(request, job, status=422, **_columns_context(job, form))
    try:
        sellers.start_import(job=job, by=person_of(request), **form.cleaned_data)
    except sellers.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return go(request, job)


@team_page(Role.MANAGER)
@require_POST
def import_encoding(request: Request, channel: Channel, pk: int) -> HttpResponse:
    """Reads the table once more in other letters."""
    job, form = selectors.get_import(channel, pk), EncodingForm(request.POST)
    try:
        if form.is_valid():
            sellers.read_again(job=job, by=person_of(request), encoding=form.cleaned_data["encoding"])
    except (sellers.NotAllowed, sellers.BadFile) as refusal:
        messages.error(request, str(refusal))
    return go(request, job)


@team_page(Role.MANAGER)
@require_POST
def import_stop(request: Request, channel: Channel, pk: int) -> HttpResponse:
    job = selectors.get_import(channel, pk)
    try:
        sellers.end_import(job=job, by=person_of(request))
    except sellers.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return go(request, job)


@team_page(Role.MANAGER)
@require_POST
def import_undo(request: Request, channel: Channel, pk: int) -> HttpResponse:
    job = selectors.get_import(channel, pk)
    try:
        sellers.undo_import(job=job, by=person_of(request))
    except sellers.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return go(request, job)


@team_page(Role.MANAGER)
@require_GET
def import_errors(request: Request, channel: Channel, pk: int) -> StreamingHttpResponse:
    """All lines with a reason, as a table."""
    job = selectors.get_import(channel, pk)
    outcomes = dict(ImportRow.Outcome.choices)

    def lines() -> Iterator[list[object]]:
        yield [_("Line"), _("What became of it"), _("Why")]
        for line, outcome, reason in selectors.get_reasons(job, limit=None):
            yield [line, str(outcomes[outcome]), safe_cell(reason)]

    return csv_response(lines(), f"import-{job.pk}")
