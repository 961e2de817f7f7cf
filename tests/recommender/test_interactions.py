"""The log: who did what; guests join it, people leave it, days go by."""

import datetime as dt
import threading

import pytest
from django.db import OperationalError, connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.signals import guest_joined
from payments.machine import State
from payments.models import MoneyRequest, RequestTransition
from payments.signals import request_moved
from recommender import buffer, services
from recommender.lookers import Looker
from recommender.models import Impression, Interaction, Refusal
from recommender.services.interactions import Shown
from shop import guests
from tests.factories import make_product_post

pytestmark = pytest.mark.django_db
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
Kind = Interaction.Kind


def kinds(**who) -> list[str]:
    return list(Interaction.objects.filter(**who).order_by("id").values_list("kind", flat=True))


@pytest.fixture
def guest() -> Client:
    return Client(headers=BROWSER)


def test_a_guests_looks_saves_and_shares_become_the_persons(guest, shopper, channel):
    product = make_product_post(channel).product
    guest.post(reverse("shop:seen", args=[product.pk]))
    guest.post(reverse("shop:save", args=[product.pk]))
    guest.post(reverse("shop:did"), {"kind": "share", "product": product.pk})
    guest.post(reverse("shop:follow", args=[channel.handle]))
    kept = guest.session[guests.KEY]
    services.refuse(looker=Looker(guest=kept["key"]), product=product)
    assert kinds(guest=kept["key"]) == ["view", "save", "share", "follow", "not_interested"]

    guest_joined.send(sender=None, person=shopper, guest=kept)
    assert kinds(person=shopper) == ["view", "save", "share", "follow", "not_interested"]
    assert kinds(guest=kept["key"]) == []
    assert [refusal.person_id for refusal in Refusal.objects.all()] == [shopper.pk]


def test_a_persons_look_with_its_length(shopper_client, shopper, channel):
    product = make_product_post(channel).product
    answer = shopper_client.post(
        reverse("shop:did"), {"kind": "view", "product": product.pk, "dwell_ms": 10**9}, headers=BROWSER
    )
    assert answer.status_code == 204
    assert list(Interaction.objects.values_list("person", "dwell_ms")) == [(shopper.pk, 30 * 60 * 1000)]


def test_what_a_search_led_to_is_hers_and_has_no_length(shopper_client, shopper, channel):
    product = make_product_post(channel).product
    told = {"kind": "search_click", "product": product.pk}
    assert shopper_client.post(reverse("shop:did"), told, headers=BROWSER).status_code == 204
    assert list(Interaction.objects.values_list("person", "product_id", "kind", "dwell_ms")) == [
        (shopper.pk, product.pk, "search_click", None)
    ]


LISTS = [
    ("/", "tab"),
    ("/search/", "search"),
    ("/c/home/", "category"),
    ("/newest/", "newest"),
    ("/p/7-pot/", "product"),
]


@pytest.mark.parametrize(("path", "place"), LISTS)
def test_what_was_in_sight_on_a_list_is_an_impression(path, place, shopper_client, shopper, guest):
    for client in (shopper_client, guest):
        assert client.post("/shown/", {"path": path, "shown": "12.0,15.3"}, headers=BROWSER).status_code == 204
    logged = Impression.objects.order_by("pk").values_list("person", "guest", "product_id", "place", "slot")
    expected = [(12, place, 0), (15, place, 3)]
    assert sorted(logged, key=lambda row: (row[0] is None, row[2])) == [
        *((shopper.pk, "", *row) for row in expected),
        *((None, "", *row) for row in expected),
    ]
    assert set(Impression.objects.values_list("probability", flat=True)) == {1}


@pytest.mark.parametrize("path", ["/saved/", "/feed/", "/picks/", "/nowhere/", "https://elsewhere.example/", ""])
def test_other_pages_have_no_impressions_of_their_own(path, guest):
    assert guest.post("/shown/", {"path": path, "shown": "12.0"}).status_code == 422
    assert not Impression.objects.exists()


@pytest.mark.parametrize("shown", ["", "12", "x.1", "0.1", "1.-1", "1.0,", "9" * 19 + ".0", ",".join(["1.0"] * 101)])
def test_rubbish_is_no_list_of_cards(shown, guest):
    assert guest.post("/shown/", {"path": "/", "shown": shown}).status_code == 422
    assert not Impression.objects.exists()


@pytest.mark.parametrize("agent", ["Googlebot/2.1", "curl/8.5", "python-requests/2.32", ""])
def test_robots_leave_no_trace(agent, channel, client):
    product = make_product_post(channel).product
    client.post(reverse("shop:seen", args=[product.pk]), headers={"user-agent": agent})
    client.post(reverse("shop:did"), {"kind": "view", "product": product.pk}, headers={"user-agent": agent})
    client.post(reverse("shop:shown"), {"path": "/", "shown": f"{product.pk}.0"}, headers={"user-agent": agent})
    assert (kinds(), Impression.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    "told", [{}, {"kind": "pay", "product": 1}, {"kind": "view", "product": "x"}, {"kind": "view", "product": 2**63}]
)
def test_a_beacon_may_not_tell_of_anything_else(told, guest):
    assert guest.post(reverse("shop:did"), told).status_code == 422


def test_who_did_nothing_yet_is_nobody(guest):
    assert guest.post(reverse("shop:did"), {"kind": "view", "product": 1}).status_code == 204
    assert kinds() == []


def test_wanting_and_paying_are_noted_once(shopper, channel):
    request = MoneyRequest(pk=1, buyer=shopper, channel=channel, product=make_product_post(channel).product)
    steps = [
        ("", State.REQUESTED),
        (State.REQUESTED, State.HELD),
        (State.HELD, State.SHIPPED),
        (State.DISPUTED, State.HELD),
    ]
    for before, after in steps:
        transition = RequestTransition(request=request, from_state=before, to_state=after)
        receivers = [each for each in request_moved.receivers if each[0][0] == "recommender.note_money"]
        assert len(receivers) == 1
        receivers[0][1]()(transition=transition)
    assert kinds(person=shopper) == ["request", "pay"]


def test_viewing_history_is_forgotten_when_she_says_so(shopper_client, shopper, channel):
    product = make_product_post(channel).product
    for kind in (Kind.VIEW, Kind.SEARCH_CLICK, Kind.SAVE):
        services.record(looker=Looker(shopper.pk), kind=kind, product_id=product.pk)
    shopper_client.post(reverse("shop:forget_views"))
    assert kinds(person=shopper) == ["save"]


def test_everything_is_erased_with_the_person(shopper, channel):
    product = make_product_post(channel).product
    looker = Looker(shopper.pk)
    services.record(looker=looker, kind=Kind.VIEW, product_id=product.pk)
    services.record_impressions(looker=looker, place="tab", shown=[Shown(product.pk, 0, 1.0)])
    services.refuse(looker=looker, product=product)
    shopper.delete()
    assert [model.objects.count() for model in (Interaction, Impression, Refusal)] == [0, 0, 0]


def test_days_come_and_go(settings):
    settings.INTERACTION_DAYS = 30
    now = timezone.now()
    old = (now - dt.timedelta(days=60)).date()
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE recommender_interaction_{old:%Y%m%d} PARTITION OF recommender_interaction"
            f" FOR VALUES FROM ('{old} 00:00+00') TO ('{old + dt.timedelta(days=1)} 00:00+00')"
        )
    for days in (60, 45, 29, 0):
        services.record(looker=Looker(guest="g"), kind=Kind.VIEW, product_id=days, at=now - dt.timedelta(days=days))
    assert services.prune() == 1
    assert sorted(Interaction.objects.values_list("product_id", flat=True)) == [0, 29]
    assert services.prune() == 0


def test_the_day_to_come_has_a_partition():
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"recommender_impression_{timezone.now():%Y%m%d}"])
        assert cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_a_thread_writes_what_pages_hand_over(settings):
    settings.INTERACTION_SECONDS = 0.02
    written = threading.Event()

    class Watched(buffer.Buffer):
        def _write(self, rows: object) -> None:
            super()._write(rows)
            written.set()

    watched = Watched("recommender_interaction")
    row = (timezone.now(), None, "g", 1, None, "view", None, "")
    watched.put([row] * 3)
    assert written.wait(5)
    watched.flush()
    assert Interaction.objects.filter(guest="g").count() == 3
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_what_waits_while_the_database_is_away_is_written_later():
    waiting = buffer.Buffer("recommender_interaction")
    waiting._rows.extend([(timezone.now(), None, "g", number, None, "view", None, "") for number in range(3)])
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    waiting.flush()
    assert len(waiting._rows) == 3
    connection.close()
    waiting.flush()
    assert list(Interaction.objects.order_by("id").values_list("product_id", flat=True)) == [0, 1, 2]
