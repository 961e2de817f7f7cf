"""Each definition agrees with a second one: here plain Python over the raw rows, there SQL over what they came to."""

import datetime as dt
import statistics
from collections import Counter, defaultdict
from zoneinfo import ZoneInfo

import pytest

from chat.models import Conversation, Message
from insights import selectors, services
from insights.models import Feedback, Search, ShopDay, StoreWeek, Visit
from payments import services as payments
from payments.models import Account, Dispute, RequestTransition
from payments.services.posting import Leg, post
from recommender.models import Impression, Interaction
from sellers.models import Category, Channel, ChannelMember, Follow, Post
from tests.factories import make_product_post
from tests.insights.history import DAY, FIRST, UNTIL, History, make_history
from tests.payments.market import ask, bring_to, fill_wallet

pytestmark = pytest.mark.django_db


def test_moods_are_counted_by_week(db):
    for number in range(40):
        told = Feedback.objects.create(mood=1 + number % 5, side="shopper", language="en")
        at = dt.datetime(2026, 10, 20, tzinfo=dt.UTC) - number * dt.timedelta(days=2, hours=7)  # two after the last day
        Feedback.objects.filter(pk=told.pk).update(created_at=at)
    weeks = selectors.get_moods_by_week(UNTIL)
    by_hand = Counter(
        (at.date() - at.weekday() * DAY, mood) for at, mood in Feedback.objects.values_list("created_at", "mood")
    )
    assert [week for week, _counts in weeks] == [UNTIL - UNTIL.weekday() * DAY - n * 7 * DAY for n in range(11, -1, -1)]
    assert weeks == [(week, [by_hand[week, mood] for mood in range(1, 6)]) for week, _counts in weeks]
    assert sum(sum(counts) for _week, counts in weeks) == 37  # one came after, two before


@pytest.fixture(params=[1, 2])
def past(request) -> History:
    """The same history, counted day by day."""
    past = make_history(request.param)
    services.roll_up(now=dt.datetime(2026, 10, 19, 12, tzinfo=dt.UTC), since=FIRST)
    return past


def days_of(count: int) -> list[dt.date]:
    return [UNTIL - number * DAY for number in reversed(range(count))]


def is_shopper(row) -> bool:
    return bool(row.guest) or not row.person.is_staff


def who_is(row) -> str:
    return row.guest or row.person.grouped_as or str(row.person_id)


def active_days() -> dict[dt.date, set[str]]:
    found = defaultdict(set)
    for row in [*Interaction.objects.select_related("person"), *Visit.objects.select_related("person")]:
        if is_shopper(row):
            found[row.at.date()].add(who_is(row))
    return found


def team() -> set[tuple[int, int]]:
    return set(ChannelMember.objects.values_list("channel_id", "person_id"))


def in_team(row, channel_id: int) -> bool:
    return row.person_id is not None and (channel_id, row.person_id) in team()


def looks(past: History) -> dict[tuple, dt.datetime]:
    """(day, who, product) to the first moment."""
    things, found = {product.pk: product for product in past.products}, {}
    for row in Interaction.objects.filter(kind__in=["view", "search_click"]).select_related("person").order_by("-at"):
        thing = things[row.product_id]
        if is_shopper(row) and not in_team(row, thing.channel_id):
            found[row.at.date(), row.guest or row.person_id, thing] = row.at
    return found


def test_everything_agrees_with_the_raw_rows(past: History):
    # one test: rolling up six weeks is what takes time
    assert selectors.get_last_day() == UNTIL
    check_shoppers()
    check_retention()
    check_time()
    check_stores()
    check_replies()
    check_funnel(past)
    check_searches()
    check_channel(past)


def check_shoppers() -> None:
    active = active_days()

    def seen(day: dt.date, span: int) -> int:
        return len(set().union(*(active[day - number * DAY] for number in range(span))))

    expected = [(day, seen(day, 1), seen(day, 7), seen(day, 30)) for day in days_of(30)]
    assert selectors.get_shoppers(UNTIL, 30) == expected


def check_retention() -> None:
    active = active_days()
    first: dict[str, dt.date] = {}
    for day in sorted(active):
        for who in active[day]:
            first.setdefault(who, day)
    expected = []
    for monday in (UNTIL - 6 * DAY - number * 7 * DAY for number in reversed(range(6))):
        cohort = {who: day for who, day in first.items() if monday <= day < monday + 7 * DAY}
        parts = []
        for after in (1, 7, 30):
            able = {who: day for who, day in cohort.items() if day + after * DAY <= UNTIL}
            came = [who for who, day in able.items() if who in active[day + after * DAY]]
            parts.append(len(came) / len(able) if able else None)
        if cohort:
            expected.append((monday, len(cohort), tuple(parts)))
    assert selectors.get_retention(UNTIL, 6) == expected


def check_time() -> None:
    spent: dict[dt.date, Counter[str]] = defaultdict(Counter)
    for row in Visit.objects.select_related("person"):
        if is_shopper(row):
            spent[row.at.date()][row.guest or str(row.person_id)] += row.visible_ms
    for row in selectors.get_time_in_shop(UNTIL, 40):
        seconds = [ms // 1000 for ms in spent[row.day].values()]
        assert (row.shoppers, row.seconds) == (len(seconds), sum(seconds))
        assert abs(row.median - (statistics.median(seconds) if seconds else 0)) <= 0.5


def check_stores() -> None:
    posts = [(post_.channel, post_.published_at.date()) for post_ in Post.objects.select_related("channel")]

    def active(end: dt.date) -> set[int]:
        """Posted in the 28 days before ``end``, and is open, not on holiday; nothing was sold in this history."""
        return {
            store.pk
            for store, day in posts
            if store.state == "open" and store.opened_at.date() < end and end - 28 * DAY <= day < end
        }

    rows = selectors.get_active_stores(UNTIL)
    opened = [channel.opened_at.date() for channel in Channel.objects.exclude(state="suspended")]
    for row in rows:
        now, before = len(active(row.week + 7 * DAY)), len(active(row.week))
        assert row.active == now
        assert row.growth == (pytest.approx((now - before) / before) if before else None)
        assert row.open == sum(day < row.week + 7 * DAY for day in opened)
    assert rows[0].open < rows[-1].open == Channel.objects.count() - 1
    mondays = [UNTIL - 6 * DAY - number * 7 * DAY for number in range(12)]
    posted = {(store.pk, day - day.weekday() * DAY) for store, day in posts}
    weeks = Counter(store for store, monday in posted if monday in mondays)
    loyal = selectors.get_loyal_sellers(UNTIL)
    assert (loyal.loyal, loyal.of) == (sum(n >= 10 for n in weeks.values()), len(weeks))
    assert (loyal.first, loyal.last) == (mondays[-1], mondays[0])


def check_replies() -> None:
    talks = {
        talk: sorted(Message.objects.filter(conversation=talk), key=lambda said: said.sent_at)
        for talk in Conversation.objects.all()
    }
    for row in selectors.get_reply_times(UNTIL, 20):
        end, took, asked = row.day + DAY, [], 0
        for said in talks.values():
            words = [each for each in said if each.side == "shopper" and each.kind in ("text", "pictures")]
            if not words or not row.day - 27 * DAY <= words[0].sent_at.date() <= row.day:
                continue
            asked += 1
            answers = [
                each.sent_at
                for each in said
                if each.side == "channel" and not each.is_automatic and words[0].sent_at < each.sent_at
            ]
            if answers and answers[0].date() < end:
                took.append((answers[0] - words[0].sent_at).total_seconds())
        assert (row.talks, row.answered) == (asked, len(took))
        if len(took) > 1:
            assert row.median == pytest.approx(statistics.median(took), abs=1)
            assert row.p90 == pytest.approx(statistics.quantiles(took, n=10, method="inclusive")[-1], abs=1)


def check_funnel(past: History) -> None:
    def root(product) -> str:
        return str(Category.objects.get(pk=product.category.path[0]))

    seen = Counter(root(thing) for day, _who, thing in looks(past) if day in days_of(28))
    asked = Counter(
        root(talk.product)
        for talk in Conversation.objects.filter(product__isnull=False, last_message_at__isnull=False)
        if talk.opened_at.date() in days_of(28)
    )
    whole, *rows = selectors.get_funnel(UNTIL)
    assert {row.category: row[1:3] for row in rows} == {name: (seen[name], asked[name]) for name in seen | asked}
    assert whole[:3] == ("", seen.total(), asked.total())


def check_searches() -> None:
    rows = [row for row in Search.objects.all() if row.day in days_of(28)]
    expected = {
        (market, language): (len(own), sum(row.found > 0 for row in own), sum(row.is_clicked for row in own))
        for market, language in {(row.market, row.language) for row in rows}
        if (own := [row for row in rows if (row.market, row.language) == (market, language)])
    }
    assert {row[:2]: row[2:] for row in selectors.get_searches(UNTIL)} == expected
    nothing = Counter((row.words, row.market) for row in rows if not row.found)
    found = selectors.get_zero_results(UNTIL)
    assert {row[:2]: row.searches for row in found} == nothing
    assert [row.searches for row in found] == sorted(nothing.values(), reverse=True)


def check_channel(past: History) -> None:
    for channel in past.channels:
        own = {product.pk for product in past.products if product.channel_id == channel.pk}
        insights = selectors.get_channel_insights(channel, UNTIL)
        seen = {key: at for key, at in looks(past).items() if key[2].pk in own}
        saved = {
            (row.at.date(), row.person_id, row.guest, row.product_id)
            for row in Interaction.objects.filter(kind="save", product_id__in=own)
            if not in_team(row, channel.pk)
        }
        dates = {
            "shown": [row.at.date() for row in Impression.objects.filter(product_id__in=own)],
            "seen": [day for day, _who, _thing in seen],
            "saved": [day for day, *_rest in saved],
            "asked": [
                row.opened_at.date()
                for row in Conversation.objects.filter(channel=channel, last_message__isnull=True)
                if row.last_message_at
            ],
            "followed": [row.followed_at.date() for row in Follow.objects.filter(channel=channel)],
        }
        for name, days in dates.items():
            counts = Counter(days)
            assert [getattr(day, name) for day in insights.days] == [counts[day] for day in days_of(28)], name
            assert getattr(insights.before, name) == sum(counts[day - 28 * DAY] for day in days_of(28))
        local = [at.astimezone(ZoneInfo("America/New_York")) for at in seen.values() if at.date() in days_of(56)]
        hours = Counter((at.weekday(), at.hour) for at in local)
        assert insights.hours == [[hours[weekday, hour] for hour in range(24)] for weekday in range(7)]
        ways = Counter(
            row.came_from
            for row in Visit.objects.select_related("person").exclude(came_from="")
            if row.at.date() in days_of(28)
            and (row.channel_id == channel.pk or row.product_id in own)
            and is_shopper(row)
            and not in_team(row, channel.pk)
        )
        assert dict(insights.sources) == ways
        assert [source.visits for source in insights.sources] == sorted(ways.values(), reverse=True)


def test_money_counts_once_where_it_happened(channel, shopper, rival_channel):
    fill_wallet(shopper, 1000_00)
    product = make_product_post(channel).product
    lines = [payments.Line("A clay pot", 100_00, product_id=product.pk)]
    requests = [ask(channel, shopper, lines=lines) for _ in range(4)] + [ask(rival_channel, shopper)]
    for request, state in zip(requests, ["released", "disputed", "held", "requested", "held"], strict=True):
        bring_to(request, state)
    today = dt.datetime.now(dt.UTC).date()
    services.roll_up_day(day=today, is_final=True)

    steps = [step for step in RequestTransition.objects.all() if step.from_state != step.to_state]
    paid = [step for step in steps if (step.from_state, step.to_state) == ("requested", "held")]
    released = [step for step in steps if step.to_state == "released"]
    whole, own = selectors.get_funnel(today)
    assert whole[1:] == own[1:] == (0, 0, 4, len(paid) - 1, len(released)) == (0, 0, 4, 3, 1)
    assert selectors.get_disputes(today) == [(today, len(paid), Dispute.objects.count())] == [(today, 4, 1)]
    assert selectors.get_disputes(today)[0].rate == 0.25
    total = selectors.get_channel_insights(channel, today).total
    assert (total.requested, total.paid) == (4, 3)
    rival_channel.posts.all().delete()  # it sold something: that is enough
    services.roll_up_day(day=today, is_final=True)
    assert (ShopDay.objects.get(day=today).active_stores, StoreWeek.objects.count()) == (2, 2)


def test_ads_money_is_the_ledgers(channel, rival_channel):
    for number, (owner, lent, repaid) in enumerate([(channel, 900, 400), (rival_channel, 70, 0)]):
        account = Account.objects.create(kind="ad_receivable", channel=owner, currency="USD")
        Account.objects.filter(pk=account.pk).update(floor_minor=-10_000)
        for kind, amount in (("ad_income", lent), ("bank", -repaid), ("write_off", -50)):
            legs = [Leg("ad_receivable", -amount, channel=owner.pk), Leg(kind, amount)]
            if amount:
                post(key=f"ad-{number}-{kind}", kind="other", currency="USD", legs=legs)
    today = dt.datetime.now(dt.UTC).date()
    services.roll_up_day(day=today, is_final=True)
    assert selectors.get_ad_money(today) == {"USD": [(today, 970, 970, 400)]}
    assert selectors.get_owed() == {"USD": 470}
    assert selectors.get_owed() == {
        "USD": -sum(Account.objects.filter(kind="ad_receivable").values_list("balance_minor", flat=True))
    }
