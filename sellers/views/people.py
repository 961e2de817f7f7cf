"""The team and the followers of a channel."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.pages import BadCursor, Request
from sellers import selectors
from sellers import services as sellers
from sellers.forms import AddMemberForm, RoleForm
from sellers.forms.team import GIVEN_ROLES
from sellers.models import Channel, Role
from sellers.views.base import can_edit, desk, go, person_of, team_page


def _show(request: Request, channel: Channel, form: AddMemberForm) -> HttpResponse:
    context = desk(
        channel,
        "team",
        form=form if can_edit(channel) else None,
        team=selectors.get_team(channel),
        roles=[(role.value, role.label) for role in GIVEN_ROLES],
    )
    fragment = "#team" if request.htmx else ""
    return render(request, f"sellers/team.html{fragment}", context, status=422 if form.is_bound else 200)


@team_page(Role.VIEWER)
@require_GET
def team(request: Request, channel: Channel) -> HttpResponse:
    return _show(request, channel, AddMemberForm())


@team_page(Role.MANAGER)
@require_http_methods(["POST"])
def member_add(request: Request, channel: Channel) -> HttpResponse:
    form = AddMemberForm(request.POST)
    if not form.is_valid():
        return _show(request, channel, form)
    contact, role = form.cleaned_data["person"], form.cleaned_data["role"]
    try:
        member = sellers.add_member(channel=channel, by=person_of(request), contact=contact, role=role)
    except sellers.Refused as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return _show(request, channel, form)
    messages.success(request, _("{name} is on the team now.").format(name=member.person.get_short_name()))
    return go(request, "dashboard:team", channel.handle)


@team_page(Role.MANAGER)
@require_POST
def member_role(request: Request, channel: Channel, pk: int) -> HttpResponse:
    member = get_object_or_404(channel.members, pk=pk)
    form = RoleForm(request.POST)
    try:
        if form.is_valid():
            sellers.change_role(member=member, by=person_of(request), role=form.cleaned_data["role"])
            messages.success(request, _("Saved."))
    except sellers.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return go(request, "dashboard:team", channel.handle)


@team_page(Role.VIEWER)
@require_POST
def member_remove(request: Request, channel: Channel, pk: int) -> HttpResponse:
    """Managers let others go; anyone but the owner leaves by the same door."""
    person = person_of(request)
    members = channel.members.all() if can_edit(channel) else channel.members.filter(person=person)
    member = get_object_or_404(members, pk=pk)
    try:
        sellers.remove_member(member=member, by=person)
    except sellers.NotAllowed as refusal:
        messages.error(request, str(refusal))
        return go(request, "dashboard:team", channel.handle)
    if member.person_id == person.pk:
        messages.success(request, _("You have left the team."))
        return go(request, "dashboard:home")
    return go(request, "dashboard:team", channel.handle)


@team_page(Role.OWNER)
@require_POST
def hand_over(request: Request, channel: Channel, pk: int) -> HttpResponse:
    member = get_object_or_404(channel.members.select_related("person"), pk=pk)
    try:
        sellers.transfer_ownership(channel=channel, by=person_of(request), to=member.person)
    except sellers.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("The channel belongs to {name} now.").format(name=member.person.get_short_name())
        messages.success(request, said)
    return go(request, "dashboard:team", channel.handle)


@team_page(Role.VIEWER)
@require_GET
def followers(request: Request, channel: Channel) -> HttpResponse:
    after = request.GET.get("after", "")
    try:
        page = selectors.get_followers(channel, after=after)
    except BadCursor:
        page, after = selectors.get_followers(channel), ""
    part = "#more" if request.htmx and after else ""
    return render(request, f"sellers/followers.html{part}", desk(channel, "followers", page=page))
