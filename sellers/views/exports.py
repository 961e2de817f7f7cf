"""Taking a channel along: its ZIP is asked for, waited for, fetched."""

from django.contrib import messages
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from core.limits import TooMany
from core.pages import Request
from sellers import selectors
from sellers import services as sellers
from sellers.models import Channel, Role
from sellers.views.base import desk, go, person_of, team_page


@team_page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def exports(request: Request, channel: Channel) -> HttpResponse:
    """Asks for a new one; the list that asks for itself while one is being made."""
    if request.method == "POST":
        try:
            sellers.ask_for_export(channel=channel, by=person_of(request))
        except TooMany as refusal:
            messages.error(request, str(refusal))
        return go(request, "dashboard:imports", channel.handle)
    if not request.htmx:
        return go(request, "dashboard:imports", channel.handle)
    context = desk(channel, "import", exports=selectors.get_exports(channel))
    return render(request, "sellers/import_list.html#exports", context)


@team_page(Role.MANAGER)
@require_GET
def export_file(request: Request, channel: Channel, pk: int) -> FileResponse:
    export = selectors.get_export(channel, pk)
    try:
        file = storages["private"].open(export.file)
    except FileNotFoundError:
        raise Http404 from None
    name = f"{channel.handle}-{export.ready_at:%Y-%m-%d}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
