"""Settings of a channel."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.pages import Request
from sellers import services as sellers
from sellers.forms import OnePicture, SettingsForm
from sellers.models import Channel, Role
from sellers.views import uploads
from sellers.views.base import desk, go, person_of, team_page


def _show(
    request: Request, channel: Channel, form: SettingsForm, avatar: OnePicture, cover: OnePicture
) -> HttpResponse:
    context = desk(channel, "settings", form=form, avatar=avatar, cover=cover)
    fragment = "#settings" if request.htmx else ""
    return render(request, f"sellers/settings_form.html{fragment}", context, status=422 if form.is_bound else 200)


@team_page(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def settings(request: Request, channel: Channel) -> HttpResponse:
    person = person_of(request)
    if request.method == "GET":
        avatar = OnePicture.of("avatar", _("Avatar"), channel.avatar, person.pk)
        cover = OnePicture.of("cover", _("Cover"), channel.cover, person.pk)
        return _show(request, channel, SettingsForm.of(channel), avatar, cover)
    form = SettingsForm(request.POST)
    avatar = uploads.take_one(request, "avatar", _("Avatar"))
    cover = uploads.take_one(request, "cover", _("Cover"))
    if not form.is_valid() or avatar.error or cover.error:
        return _show(request, channel, form, avatar, cover)
    changes = form.cleaned_data | {"avatar": avatar.picture, "cover": cover.picture}
    try:
        sellers.update_channel(channel=channel, by=person, **changes)
    except sellers.BadChannel as refusal:
        for field, sentences in refusal.problems.items():
            form.add_error(field if field in form.fields else None, list(sentences))
        return _show(request, channel, form, avatar, cover)
    messages.success(request, _("Saved."))
    return go(request, "dashboard:settings", channel.handle)
