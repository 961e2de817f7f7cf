"""Sessions in the database that know whose they are: a session and its person are read by one statement.

The statement is written down: each page of somebody who has a session begins with it, and to have the ORM write it
anew takes several times as long as to run it.
"""

import datetime as dt
from typing import Any, cast

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import Session, User
from core import planned
from core.models import Picture

_PERSON = [field.attname for field in User._meta.concrete_fields]
_PICTURE = [field.attname for field in Picture._meta.concrete_fields]
_COLUMNS = ", ".join([*(f"p.{name}" for name in _PERSON), *(f"i.{name}" for name in _PICTURE)])
_LOAD = f"""
SELECT s.session_data, s.seen_at, {_COLUMNS} FROM accounts_session s
LEFT JOIN accounts_user p ON p.id = s.person_id LEFT JOIN core_picture i ON i.id = p.avatar_id
WHERE s.session_key = %s AND s.expire_date > now()
"""  # noqa: S608 - columns of our own models


DOOR = "door"  # under which a session keeps how and when its person came in
SEEN_EVERY = dt.timedelta(hours=1)


class SessionStore(DatabaseStore):
    person: User | None = None  # of the session as it was loaded, with her avatar; not yet proven to be signed in
    seen_at: dt.datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = cast(Session, super().create_model_instance(data))
        session.person_id = data.get(SESSION_KEY)
        door = data.get(DOOR, {})
        session.agent = door.get("agent", "")
        session.signed_in_at = dt.datetime.fromisoformat(door["at"]) if door else None
        return session

    def note_seen(self) -> None:
        """Once an hour the row learns that its person is here."""
        if self.seen_at is not None and timezone.now() - self.seen_at > SEEN_EVERY:
            self.seen_at = timezone.now()
            Session.objects.filter(session_key=self.session_key).update(seen_at=self.seen_at)

    def load(self) -> dict[str, Any]:
        rows = planned.fetch(_LOAD, [self.session_key])
        if not rows:
            self._session_key = None
            return {}
        row = rows[0]
        self.seen_at = row[1]
        person, picture = row[2 : 2 + len(_PERSON)], row[2 + len(_PERSON) :]
        if person[0] is not None:
            self.person = User.from_db(None, _PERSON, person)
            if picture[0] is not None:
                self.person.avatar = Picture.from_db(None, _PICTURE, picture)
        return self.decode(row[0])


def get_person(request: HttpRequest) -> User | AnonymousUser:
    """Who is signed in: the session's person if she may be and has not changed her password since; whatever is
    rarer (a session of before, an old secret key, another backend) is Django's to decide."""
    session = cast(SessionStore, request.session)
    if BACKEND_SESSION_KEY not in session:
        return AnonymousUser()
    person = session.person
    if (
        person is not None
        and person.is_active
        and session[SESSION_KEY] == str(person.pk)
        and constant_time_compare(session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())
    ):
        session.note_seen()
        return person
    return get_user(request)
