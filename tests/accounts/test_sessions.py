"""Sessions are kept as Django keeps them, and read by our statement together with whose they are."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from accounts import sessions
from accounts.models import Session
from accounts.sessions import SessionStore
from tests.factories import make_picture


def test_what_is_kept_is_read_in_one_query(db, django_assert_num_queries):
    made = SessionStore()
    made["words"] = "سلام"
    made.save()
    with django_assert_num_queries(1):
        assert SessionStore(made.session_key)["words"] == "سلام"
    assert Session.objects.get().person is None


def test_a_session_that_ended_or_never_was_is_empty_and_gets_a_new_key(db):
    made = SessionStore()
    made["words"] = "hello"
    made.save()
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    for key in (made.session_key, "nobodyhasthiskey"):
        session = SessionStore(key)
        assert (dict(session.items()), session.session_key) == ({}, None)


@pytest.fixture
def ask(client, shopper, rf):
    """Who is here, by the session of somebody who signed in: a new look at it each time."""
    client.force_login(shopper)
    key = client.session.session_key

    def person():
        request = rf.get("/")
        request.session = SessionStore(key)
        return sessions.get_person(request)

    return person


def test_a_session_brings_its_person_and_her_picture(ask, shopper, django_assert_num_queries):
    shopper.avatar = make_picture()
    shopper.save()
    with django_assert_num_queries(1):
        person = ask()
        assert (person, person.avatar) == (shopper, shopper.avatar)


def test_another_password_ends_her_other_sessions(ask, shopper):
    shopper.set_password("another one, and long")
    shopper.save()
    assert ask() == AnonymousUser()


def test_who_was_shut_out_is_nobody_at_once(ask, shopper):
    shopper.is_active = False
    shopper.save()
    assert ask() == AnonymousUser()


def test_a_session_of_before_is_asked_django_for(ask, shopper):
    Session.objects.update(person=None)
    assert ask() == shopper


def test_a_row_that_names_somebody_else_lets_nobody_in_as_her(ask, shopper, seller):
    """What counts is what was signed; the column only says whom to read."""
    Session.objects.update(person=seller)
    assert ask() == shopper


def test_sessions_go_with_the_person(ask, shopper):
    shopper.delete()
    assert (ask(), Session.objects.count()) == (AnonymousUser(), 0)


def test_sessions_of_before_move_over(db):
    from importlib import import_module

    copy = import_module("accounts.migrations.0005_sessions").COPY
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(copy)  # a new market has none
        cursor.execute(
            "CREATE TABLE django_session (session_key varchar(40), session_data text, expire_date timestamptz)"
        )
        for key, ends in (("old", now - dt.timedelta(days=1)), ("present", now + dt.timedelta(days=1))):
            cursor.execute("INSERT INTO django_session VALUES (%s, '', %s)", [key, ends])
        cursor.execute(copy)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["present"]
