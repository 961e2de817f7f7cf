"""Statements that are planned once."""

import pytest
from django.db import connection

from core import planned


@pytest.mark.django_db
def test_it_is_prepared_from_the_fifth_time_on_and_counted_each_time(django_assert_num_queries):
    with django_assert_num_queries(7):
        for number in range(7):
            assert planned.fetch("SELECT %(number)s::bigint AS planned_here", {"number": 10**6 + number}) == [
                (10**6 + number,)
            ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%planned_here%'")
        assert cursor.fetchone() == (1,)
