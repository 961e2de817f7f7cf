"""Sessions are Django's own, read by our statement."""

import datetime as dt

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from core.sessions import SessionStore


def test_what_is_kept_is_read_in_one_query(db, django_assert_num_queries):
    made = SessionStore()
    made["words"] = "سلام"
    made.save()
    with django_assert_num_queries(1):
        assert SessionStore(made.session_key)["words"] == "سلام"
    assert DatabaseStore(made.session_key)["words"] == "سلام"


def test_a_session_that_ended_or_never_was_is_empty_and_gets_a_new_key(db):
    made = SessionStore()
    made["words"] = "hello"
    made.save()
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    for key in (made.session_key, "nobodyhasthiskey"):
        session = SessionStore(key)
        assert (dict(session.items()), session.session_key) == ({}, None)
