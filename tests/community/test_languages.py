"""Nothing on the group's pages escapes translation."""

import datetime as dt

from django.test import Client
from django.utils import timezone

from community import services as community
from tests.community.conftest import check
from tests.factories import make_channel, make_user
from tests.test_languages import marking, unmarked  # noqa: F401 - the fixture is asked for by name


def test_a_member_and_the_team_meet_no_unmarked_word(marking, staff):  # noqa: F811 - the fixture
    seller = make_user(email="q@q.example.com", display_name="Q", language="fa", market="ir")
    check(make_channel(owner=seller, handle="q_q", name="Q", tagline="T", city="P", market="ir", language="fa"))
    staff.language, staff.market, staff.display_name = "fa", "ir", "S"
    staff.save()
    poll = community.NewPoll("P", ["A", "B"], timezone.now() + dt.timedelta(days=1))
    topic = community.open_topic(by=seller, title="T", text="T", poll=poll)
    reply = community.reply(topic=topic, by=staff, text="R")
    community.move_idea(
        idea=community.make_idea(reply=reply, by=staff, title="I", text="T"), by=staff, to="declined", reason="W"
    )
    closed = community.open_topic(by=seller, title="C", text="T")
    community.moderate_topic(topic=closed, by=staff, step="close", reason="W")
    idea, opening = topic.replies.get(pk=reply.pk).idea, topic.replies.get(is_opening=True)
    own = ["", "?language=all", "?show=waiting", "new/", "ideas/", "search/?q=T", "search/?q=x", "digest/2026/3/"]
    own += [f"topics/{topic.pk}/", f"topics/{closed.pk}/", f"ideas/{idea.pk}/", f"replies/{reply.pk}/report/"]
    staffs = [f"topics/{topic.pk}/move/", f"replies/{reply.pk}/hide/", f"ideas/{idea.pk}/status/"]
    staffs += [f"topics/{topic.pk}/", f"replies/{opening.pk}/idea/", "new/"]
    for person, addresses in ((seller, own), (staff, staffs)):
        client = Client()
        client.force_login(person)
        for address in addresses:
            assert (address, unmarked(client.get(f"/group/{address}").content.decode())) == (address, [])
        for address, typed in (("new/", {"question": "Q"}), (f"topics/{topic.pk}/", {"text": ""})):
            assert (address, unmarked(client.post(f"/group/{address}", typed).content.decode())) == (address, [])
