"""What somebody did, from the log and as it is kept: both always say the same."""

import pytest
from django.utils import timezone

from chat import services as chat
from recommender import services
from recommender.lookers import Looker
from recommender.selectors import deeds, histories
from tests.recommender.market import look, make_market

pytestmark = pytest.mark.django_db


def test_what_is_kept_of_a_history_is_what_the_log_says(shopper):
    market, looker = make_market(people=0), Looker(shopper.pk)
    look(shopper, market.cups[0], days=2)
    assert histories.get_history(looker) == deeds.get_history(looker)
    look(shopper, market.cups[0], kind="save", days=1)
    look(shopper, *market.pots)
    services.record(looker=looker, kind="view", product_id=market.cups[1].pk, dwell_ms=500)
    services.record(looker=looker, kind="not_interested", product_id=market.cups[2].pk)
    kept = histories.get_history(looker)
    assert len(kept) == 7
    assert kept == deeds.get_history(looker)


def test_what_changes_the_log_is_in_the_next_list(shopper, django_capture_on_commit_callbacks):
    """Looks that were forgotten, a guest who turned out to be her, a question: nothing kept is older than these."""
    market, looker, guest = make_market(people=0), Looker(shopper.pk), Looker(guest="abc")
    look(shopper, market.cups[0])
    services.record(looker=guest, kind="save", product_id=market.cups[1].pk)

    def touched() -> list[int]:
        kept = histories.get_history(looker)
        assert kept == deeds.get_history(looker)
        return sorted(past.product_id for past in kept)

    assert touched() == [market.cups[0].pk]
    with django_capture_on_commit_callbacks(execute=True):
        services.join_guest(guest="abc", person=shopper)
    assert touched() == [market.cups[0].pk, market.cups[1].pk]
    assert histories.get_history(guest) == []
    with django_capture_on_commit_callbacks(execute=True):
        services.forget(looker=looker)
    assert touched() == [market.cups[1].pk]
    with django_capture_on_commit_callbacks(execute=True):
        pot = market.pots[0]
        chat.open_conversation(shopper=shopper, channel=pot.channel, product=pot)
    assert touched() == [market.cups[1].pk, market.pots[0].pk]


def test_history_is_newest_first_with_the_most_that_was_said(shopper):
    market = make_market(people=0)
    look(shopper, market.cups[0], days=2)
    look(shopper, market.cups[0], kind="save", days=1)
    look(shopper, market.cups[1])
    services.record(
        looker=Looker(shopper.pk), kind="view", product_id=market.pots[0].pk, dwell_ms=500, at=timezone.now()
    )
    history = deeds.get_history(Looker(shopper.pk))
    assert [(past.product_id, past.weight) for past in history] == [
        (market.pots[0].pk, 0.3), (market.cups[1].pk, 1.0), (market.cups[0].pk, 3.0),
    ]  # fmt: skip
