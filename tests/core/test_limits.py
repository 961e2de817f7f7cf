"""Rate limits count in PostgreSQL."""

import pytest

from core import limits


@pytest.mark.django_db
def test_limit_is_refused_after_its_uses():
    for _ in range(3):
        limits.take("door", limit=3, seconds=60)
    with pytest.raises(limits.TooMany) as refused:
        limits.take("door", limit=3, seconds=60)
    assert 0 < refused.value.seconds <= 60
    limits.take("window", limit=3, seconds=60)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "10.0.0.9"),  # nobody in front: whoever sends the header made it up
        (1, "6.6.6.6, 203.0.113.7", "203.0.113.7"),  # the proxy appended the last one
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.9"),  # came past one of the proxies
        (1, "", "10.0.0.9"),
    ],
)
def test_only_as_many_proxies_as_are_trusted_are_believed(settings, rf, proxies: int, forwarded: str, address: str):
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=forwarded)
    assert limits.client_address(request) == address


@pytest.mark.parametrize(
    ("seconds", "when"),
    [
        (0, "1 minute"),
        (61, "2 minutes"),
        (119 * 60, "119 minutes"),
        (119 * 60 + 1, "2 hours"),
        (23 * 3600 + 1, "24 hours"),
    ],
)
def test_a_wait_is_said_in_minutes_or_hours(seconds, when):
    assert limits.wait_words(seconds) == f"That was a lot at once. Try again in {when}; your words are kept."
