"""Channels and their teams: who may do what, and what it leaves behind."""

import pytest

from core.models import OutboxMessage
from news.models import News
from sellers import services as sellers
from sellers import signals
from sellers.models import Channel, ChannelMember, ChannelTransition, Product, Role
from tests import factories

FIELDS = {"name": "Kaf", "tagline": "Bags", "city": "Portland", "market": "us", "language": "en"}
pytestmark = pytest.mark.django_db


def open_draft(owner, handle: str = "kaf_studio", **fields) -> Channel:
    return sellers.create_channel(owner=owner, handle=handle, **FIELDS | fields)


def story(channel: Channel) -> list[tuple[str, str, str]]:
    return list(channel.transitions.order_by("pk").values_list("from_state", "to_state", "reason"))


def test_new_channel_is_a_draft_of_its_owner(seller):
    channel = open_draft(seller, "@Kaf_Studio")
    assert (channel.handle, channel.state, channel.currency) == ("kaf_studio", "draft", "USD")
    assert list(channel.members.values_list("person", "role")) == [(seller.pk, "owner")]
    assert story(channel) == [("", "draft", "")]


@pytest.mark.parametrize("email", ["kaf@example.com", None])
def test_a_channel_made_for_tests_is_as_the_services_open_it(email):
    owner = factories.make_user(email=email, phone="+15035550142")
    opened = open_draft(owner)
    for step in (sellers.submit_channel, sellers.approve_channel):
        opened = step(channel=opened, by=owner, reason="because")
    made = factories.make_channel(owner=owner, handle="kaf_atelier", **FIELDS)
    assert rows_of(made) == rows_of(opened)
    assert (made.state, made.opened_at) == (Channel.State.OPEN, Channel.objects.get(pk=made.pk).opened_at)


def rows_of(channel: Channel) -> list[list[dict[str, object]]]:
    """All that stands in the database about a channel, without numbers and times of its own."""
    own = {
        "id",
        "handle",
        "channel_id",
        "opened_at",
        "created_at",
        "joined_at",
        "at",
        "due_at",
        "key",
        "payload",
        "url",
    }
    news = News.objects.filter(key__in=[f"channel:{pk}" for pk in channel.transitions.values_list("pk", flat=True)])
    letters = OutboxMessage.objects.filter(key__in=[str(each.pk) for each in news])
    assert [each.url for each in news] == [f"/dashboard/{channel.handle}/"]
    assert [each.payload for each in letters] == [{"news": each.pk} for each in news if each.person.email]
    tables = (Channel.objects.filter(pk=channel.pk), channel.members.all(), channel.transitions.all(), news, letters)
    return [
        [{name: value for name, value in row.items() if name not in own} for row in rows.order_by("pk").values()]
        for rows in tables
    ]


@pytest.mark.parametrize("handle", ["ab", "a" * 31, "_ab", "ab_", "a b c", "کاف", "admin", "BISAT", "a-b-c", ""])
def test_handle_of_another_shape_is_refused(seller, handle):
    with pytest.raises(sellers.BadHandle) as refused:
        open_draft(seller, handle)
    assert refused.value.field == "handle"


def test_handle_is_taken_in_any_case(seller, rival):
    open_draft(seller, "kaf")
    assert (sellers.is_handle_free("KAF"), sellers.is_handle_free("leaf")) == (False, True)
    with pytest.raises(sellers.HandleTaken):
        open_draft(rival, "KAF")


def test_channel_says_all_that_is_wrong_at_once(seller):
    with pytest.raises(sellers.BadChannel) as refused:
        open_draft(seller, name=" ", city="x" * 61, market="mars", public_link="javascript:alert(1)", hue=12)
    assert sorted(refused.value.problems) == ["city", "hue", "market", "name", "public_link"]


def test_submitted_channel_waits_and_opens(seller, staff):
    channel = open_draft(seller)
    channel = sellers.submit_channel(channel=channel, by=seller)
    assert (channel.state, channel.opened_at) == ("pending", None)
    channel = sellers.approve_channel(channel=channel, by=staff)
    assert (channel.state, channel.opened_at is None) == ("open", False)
    assert list(channel.transitions.order_by("pk").values_list("by", flat=True)) == [seller.pk, seller.pk, staff.pk]


def test_house_may_open_channels_by_itself(seller, settings):
    settings.CHANNELS_OPEN_WITHOUT_STAFF = True
    assert sellers.submit_channel(channel=open_draft(seller), by=seller).state == "open"


def test_channel_is_sent_back_with_a_reason(seller, staff):
    channel = sellers.submit_channel(channel=open_draft(seller), by=seller)
    with pytest.raises(sellers.NotAllowed):
        sellers.send_back_channel(channel=channel, by=staff, reason=" ")
    sellers.send_back_channel(channel=channel, by=staff, reason="Say what you sell.")
    assert story(channel)[-1] == ("pending", "draft", "Say what you sell.")


MOVES = {
    "submit_channel": ("draft", "pending"),
    "approve_channel": ("pending", "open"),
    "send_back_channel": ("pending", "draft"),
    "start_holiday": ("open", "holiday"),
    "end_holiday": ("holiday", "open"),
    "reopen_channel": ("suspended", "open"),
}


@pytest.mark.parametrize("state", Channel.State.values)
@pytest.mark.parametrize("move", [*MOVES, "suspend_channel"])
def test_only_listed_moves_are_possible(seller, state, move):
    channel = factories.make_channel(owner=seller, state=state)
    before = story(channel)
    come_from, to_state = MOVES.get(move, (None, "suspended"))
    if state == come_from or (move == "suspend_channel" and state in Channel.VISIBLE):
        assert getattr(sellers, move)(channel=channel, by=seller, reason="because").state == to_state
        assert story(channel) == [*before, (state, to_state, "because")]
    else:
        with pytest.raises(sellers.NotAllowed):
            getattr(sellers, move)(channel=channel, by=seller, reason="because")
        channel.refresh_from_db()
        assert (channel.state, story(channel)) == (state, before)


def test_stale_object_does_not_move_twice(seller, staff):
    channel = sellers.submit_channel(channel=open_draft(seller), by=seller)
    stale = Channel.objects.get(pk=channel.pk)
    sellers.approve_channel(channel=channel, by=staff)
    with pytest.raises(sellers.NotAllowed):
        sellers.approve_channel(channel=stale, by=staff)


def test_products_appear_and_vanish_with_their_channel(channel, staff):
    product = factories.make_product_post(channel).product
    for move, listed in (
        (sellers.start_holiday, True),
        (sellers.suspend_channel, False),
        (sellers.reopen_channel, True),
    ):
        move(channel=channel, by=staff, reason="because")
        product.refresh_from_db()
        channel.refresh_from_db()
        assert (product.is_listed, channel.product_count) == (listed, int(listed))


def test_settings_change_and_products_follow(channel, seller):
    product = factories.make_product_post(channel).product
    sellers.update_channel(channel=channel, by=seller, city="New  York", about="We throw clay.")
    fresh = Product.objects.get(pk=product.pk)
    assert ("city:new-york" in fresh.facet_terms, fresh.version) == (True, product.version + 1)
    sellers.update_channel(channel=channel, by=seller, about="We throw clay.", delivery="By post")
    assert Product.objects.get(pk=product.pk).version == fresh.version


def test_handle_and_market_stay_once_they_are_known(channel, seller):
    with pytest.raises(sellers.NotAllowed):
        sellers.update_channel(channel=channel, by=seller, handle="another")
    assert sellers.update_channel(channel=channel, by=seller, market="eu").currency == "EUR"
    factories.make_product_post(channel)
    with pytest.raises(sellers.NotAllowed):
        sellers.update_channel(channel=channel, by=seller, market="us")


def test_settings_refuse_what_is_not_one(channel, seller):
    with pytest.raises(TypeError):
        sellers.update_channel(channel=channel, by=seller, state="open")


def test_news_travel_after_commit(seller, django_capture_on_commit_callbacks):
    heard: list[list[int]] = []

    def listen(channel_ids: list[int], **_rest: object) -> None:
        heard.append(channel_ids)

    signals.channels_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            channel = open_draft(seller)
            assert heard == []
        assert heard == [[channel.pk]]
    finally:
        signals.channels_changed.disconnect(listen)


def test_verified_is_said_once(channel, staff):
    first = sellers.verify_channel(channel=channel, by=staff).verified_at
    assert sellers.verify_channel(channel=channel, by=staff).verified_at == first
    assert sellers.unverify_channel(channel=channel, by=staff).is_verified is False


# --- the team


def join(channel: Channel, person, role: str) -> ChannelMember:
    return ChannelMember.objects.create(channel=channel, person=person, role=role)


@pytest.mark.parametrize("contact", ["Shopper@Example.com ", "+49 1511 2345678"])
def test_owner_takes_people_into_the_team(channel, seller, shopper, contact):
    shopper.phone = "+4915112345678"
    shopper.save()
    member = sellers.add_member(channel=channel, by=seller, contact=contact, role="agent")
    assert (member.person, member.role) == (shopper, "agent")


@pytest.mark.parametrize("contact", ["nobody@example.com", "+4915112345678", "hello", ""])
def test_nobody_there_is_said(channel, seller, contact):
    with pytest.raises(sellers.NoSuchPerson):
        sellers.add_member(channel=channel, by=seller, contact=contact, role="agent")


def test_member_joins_once(channel, seller, shopper):
    join(channel, shopper, "viewer")
    with pytest.raises(sellers.AlreadyMember):
        sellers.add_member(channel=channel, by=seller, contact=shopper.email, role="agent")


GIVES = {"owner": {"manager", "agent", "viewer"}, "manager": {"agent", "viewer"}, "agent": set(), "viewer": set()}


@pytest.mark.parametrize("mine", Role.values)
@pytest.mark.parametrize("role", Role.values)
def test_roles_are_given_downwards_only(channel, seller, rival, shopper, mine, role):
    by = seller if mine == "owner" else join(channel, rival, mine).person
    if role in GIVES[mine]:
        assert sellers.add_member(channel=channel, by=by, contact=shopper.email, role=role).role == role
    else:
        with pytest.raises(sellers.NotAllowed):
            sellers.add_member(channel=channel, by=by, contact=shopper.email, role=role)


@pytest.mark.parametrize("mine", Role.values)
@pytest.mark.parametrize("theirs", ["manager", "agent", "viewer"])
def test_roles_are_taken_downwards_only(channel, seller, rival, shopper, mine, theirs):
    by = seller if mine == "owner" else join(channel, rival, mine).person
    member = join(channel, shopper, theirs)
    if theirs in GIVES[mine]:
        sellers.remove_member(member=member, by=by)
        assert channel.members.filter(person=shopper).exists() is False
    else:
        with pytest.raises(sellers.NotAllowed):
            sellers.remove_member(member=member, by=by)


def test_nobody_raises_herself(channel, seller, rival):
    manager = join(channel, rival, "manager")
    owner = channel.members.get(role="owner")
    for member, by in ((manager, rival), (owner, seller)):
        with pytest.raises(sellers.NotAllowed):
            sellers.change_role(member=member, by=by, role="agent")
    with pytest.raises(sellers.NotAllowed):
        sellers.change_role(member=owner, by=rival, role="viewer")


def test_owner_changes_roles_but_gives_no_second_ownership(channel, seller, rival):
    member = join(channel, rival, "viewer")
    assert sellers.change_role(member=member, by=seller, role="manager").role == "manager"
    with pytest.raises(sellers.NotAllowed):
        sellers.change_role(member=member, by=seller, role="owner")


def test_strangers_team_is_out_of_reach(channel, rival_channel, rival, shopper):
    with pytest.raises(sellers.NotAllowed):
        sellers.add_member(channel=channel, by=rival, contact=shopper.email, role="viewer")


def test_anyone_may_leave_but_the_owner(channel, seller, shopper):
    member = join(channel, shopper, "viewer")
    sellers.remove_member(member=member, by=shopper)
    with pytest.raises(sellers.NotAllowed):
        sellers.remove_member(member=member, by=seller)
    with pytest.raises(sellers.NotAllowed):
        sellers.remove_member(member=channel.members.get(role="owner"), by=seller)


def test_channel_changes_hands(channel, seller, rival, shopper):
    join(channel, rival, "agent")
    for by, to in ((rival, rival), (seller, shopper), (seller, seller)):
        with pytest.raises(sellers.NotAllowed):
            sellers.transfer_ownership(channel=channel, by=by, to=to)
    sellers.transfer_ownership(channel=channel, by=seller, to=rival)
    assert dict(channel.members.values_list("person", "role")) == {seller.pk: "manager", rival.pk: "owner"}
    assert ChannelTransition.objects.filter(channel=channel).count() == 3
