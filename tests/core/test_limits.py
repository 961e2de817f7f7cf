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
