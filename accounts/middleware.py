"""Who is here; and refusals of accounts.limits leave with the status that says so."""

from collections.abc import Callable

from allauth.core.exceptions import RateLimited
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from accounts.sessions import get_person
from core.limits import TooMany

GetResponse = Callable[[HttpRequest], HttpResponse]


class Authentication(AuthenticationMiddleware):
    """Django's, with the person who came with her session."""

    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(lambda: get_person(request))  # type: ignore[assignment]


def too_many(get_response: GetResponse) -> GetResponse:
    """A form that was refused for haste shows its error with status 429; a refusal in the midst shows our page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        seconds = getattr(request, "too_many_seconds", 0)
        if seconds and response.status_code == 200:
            response.status_code = 429
            response["Retry-After"] = str(seconds)
        return response

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, TooMany | RateLimited):
            return None
        response = render(request, "429.html", status=429)
        response["Retry-After"] = str(getattr(exception, "seconds", 60))
        return response

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
