"""Shared guest pages in a process's memory: quick, everybody's own token, gone when they must be."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_started
from django.db import close_old_connections

from config.wsgi import django_application
from core.pages import forget_guest_pages
from core.shared import SharedPages
from tests.factories import make_product_post

Answer = tuple[str, list[tuple[str, str]], bytes]


def ask(application: SharedPages, path: str = "/newest/", **more: str) -> Answer:
    seen: list[Any] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "HTTP_HOST": "testserver",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }
    body = b"".join(application(environ | more, lambda status, headers: seen.append((status, headers))))
    return (*seen[-1], body)


def cookies(answer: Answer) -> list[str]:
    return [value.split("=")[0].strip() for name, value in answer[1] if name == "Set-Cookie"]


@pytest.fixture
def application(settings, channel) -> Iterator[SharedPages]:
    settings.GUEST_PAGE_SECONDS = 30
    make_product_post(channel, title="Cup")
    request_started.disconnect(close_old_connections)  # the test's own connection must stay open
    yield SharedPages(django_application)
    request_started.connect(close_old_connections)


def test_the_second_guest_is_answered_from_memory(application: SharedPages, django_assert_num_queries):
    first = ask(application)
    application.application = lambda *_: pytest.fail("Django was asked")
    second = ask(application)
    assert (second[0], second[2]) == ("200 OK", first[2])
    plain = [[header for header in answer[1] if header[0] != "Set-Cookie"] for answer in (first, second)]
    assert sorted(plain[0]) == sorted(plain[1])


def test_each_guest_gets_a_token_of_her_own_and_keeps_it(application: SharedPages):
    answers = [ask(application) for _ in range(3)]
    assert [cookies(answer) for answer in answers] == [[settings.CSRF_COOKIE_NAME]] * 3
    assert len({value for answer in answers for name, value in answer[1] if name == "Set-Cookie"}) == 3
    assert cookies(ask(application, HTTP_COOKIE=f"{settings.CSRF_COOKIE_NAME}=abc")) == []


def test_people_languages_markets_and_fragments_are_kept_apart(application: SharedPages):
    bodies = [
        ask(application, **more)[2]
        for more in ({}, {"HTTP_ACCEPT_LANGUAGE": "fa"}, {"HTTP_COOKIE": "market=eu"}, {"HTTP_HX_REQUEST": "true"})
    ]
    assert len(set(bodies)) == 4
    assert ask(application)[2] == bodies[0]
    before = len(application.pages)
    ask(application, HTTP_COOKIE=f"{settings.SESSION_COOKIE_NAME}=somebody")
    assert len(application.pages) == before == 4


def test_what_was_made_old_is_asked_for_again(application: SharedPages, channel):
    old = ask(application)[2]
    make_product_post(channel, title="Jug")
    assert ask(application)[2] == old
    forget_guest_pages()
    application.looked_at = 0  # a tenth of a second later
    assert "Jug" in ask(application)[2].decode()


def test_memory_is_bounded(application: SharedPages, monkeypatch):
    monkeypatch.setattr("core.shared.MOST", 2)
    for path in ("/", "/newest/", "/trending/"):
        ask(application, path)
    assert len(application.pages) == 2


def test_errors_are_not_kept(application: SharedPages):
    assert ask(application, "/nothing/")[0] == "404 Not Found"
    assert len(application.pages) == 0
