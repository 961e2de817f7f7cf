"""The table in the product: made by blocks, published in one step, following events."""

import datetime as dt
import fcntl
import re
from dataclasses import asdict

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import services as chat
from core.queues import get_waiting
from recommender import copied, inputs, making, services, store, tasks
from recommender.lookers import Looker
from recommender.models import Block, Interaction, Neighbors, Run, Tuning
from recommender.selectors import deeds
from recommender.services import tables
from recommender.training.settings import TIMED, Settings
from tests.factories import make_product_post, make_user
from tests.recommender.market import look, make_market, make_table

pytestmark = pytest.mark.django_db


def rows(run: Run) -> dict[int, list[int]]:
    return dict(Neighbors.objects.filter(run=run).values_list("product_id", "ids"))


def weights(run: Run) -> dict[int, dict[int, float]]:
    found = Neighbors.objects.filter(run=run)
    return {row.product_id: dict(zip(row.ids, row.weights, strict=True)) for row in found}


def test_the_log_is_copied_under_debug_too():
    make_market()
    plain = list(deeds.copy_log(timezone.now()))
    with CaptureQueriesContext(connection):  # the cursor that DEBUG gives
        assert len(list(deeds.copy_log(timezone.now()))) == len(plain) > 1


def test_a_run_makes_a_row_of_each_product_and_goes_live():
    market = make_market()
    run = make_table()
    assert (run.state, run.blocks.filter(done_at=None).count()) == ("live", 0)
    made = rows(run)
    assert sorted(made) == [product.pk for product in market.products]
    cups = {cup.pk for cup in market.cups}
    assert set(made[market.cups[0].pk][:4]) == cups - {market.cups[0].pk}
    assert [step.to_state for step in run.transitions.order_by("pk")] == ["running", "live"]
    assert run.figures["products"] == 10


def test_small_blocks_make_the_same_table(monkeypatch):
    make_market()
    whole = weights(make_table())
    monkeypatch.setattr(tables, "BLOCK", 3)
    run = make_table()
    assert run.blocks.count() == 1 + 4
    made = weights(run)
    assert made.keys() == whole.keys()
    for pk, row in whole.items():
        assert made[pk] == pytest.approx(row, rel=1e-2, abs=1e-4)
    assert Run.objects.filter(state="live").count() == 1


def test_readers_see_the_old_table_until_the_last_block():
    make_market()
    old, new = make_table(), services.start_run()
    first, *others = new.blocks.order_by("number").values_list("pk", flat=True)
    tasks.make_block(first)
    tasks.make_block(first)
    assert Run.objects.get(state="live") == old
    for pk in others:
        tasks.make_block(pk)
    assert Run.objects.get(state="live") == new
    old.refresh_from_db()
    assert old.state == "past"


def test_one_table_at_a_time_stopped_and_resumed(staff):
    make_market()
    run = services.start_run()
    with pytest.raises(services.AlreadyRunning):
        services.start_run()
    services.stop_run(run=run, by=staff, reason="too busy")
    for pk in run.blocks.values_list("pk", flat=True):
        tasks.make_block(pk)
    assert run.blocks.filter(done_at=None).count() == 2
    with pytest.raises(services.NotInTheMaking):
        services.stop_run(run=run)
    services.resume_run(run=run, by=staff)
    tasks.make_block(run.blocks.get(number=0).pk)
    making.make_block(run.blocks.get(number=Block.EVALUATION))
    assert Run.objects.get(state="live") == run


def test_a_table_that_is_worse_by_more_than_the_bound_is_refused(caplog):
    make_market()
    live = make_table()
    Run.objects.filter(pk=live.pk).update(figures={"ndcg": 0.5})
    for ndcg, state in ((0.44, "refused"), (0.46, "live")):
        run = services.start_run()
        for block in run.blocks.order_by("-number"):
            facts = tables.Facts({"ndcg": ndcg}, {}) if block.number == Block.EVALUATION else None
            tables.keep_block(block=block, facts=facts)
        run.refresh_from_db()
        assert run.state == state
    assert caplog.text.count("is worse than the live one") == 1


def test_staff_see_that_a_worse_table_was_refused(rf, staff):
    make_market()
    Run.objects.filter(pk=make_table().pk).update(figures={"ndcg": 0.5})
    request = rf.get("/")
    request.user = staff
    for ndcg, waiting in ((0.4, 1), (0.6, 0)):
        run = services.start_run()
        for block in run.blocks.order_by("-number"):
            facts = tables.Facts({"ndcg": ndcg}, {}) if block.number == Block.EVALUATION else None
            tables.keep_block(block=block, facts=facts)
        found = [each.number for each in get_waiting(admin.site, request) if "recommender" in each.url]
        assert sum(found) == waiting
    refused = Run.objects.get(state="refused").transitions.get(to_state="refused")
    assert refused.reason == "NDCG at 20: 0.4, of the live one 0.5"


def test_rows_that_follow_events_are_those_of_a_new_table():
    market = make_market()
    run = make_table()
    newcomer = make_user()
    look(newcomer, market.cups[0], market.pots[0], market.pots[1])
    assert making.refresh(run) == 3
    followed, anew = weights(run), weights(make_table())
    changed = [market.cups[0].pk, market.pots[0].pk, market.pots[1].pk]
    for pk in changed:
        assert list(followed[pk]) == list(anew[pk])
        assert list(followed[pk].values()) == pytest.approx(list(anew[pk].values()), rel=1e-3)
    assert market.pots[0].pk in followed[market.cups[0].pk]
    run.refresh_from_db()
    assert making.refresh(run) == 0


def followed(run: Run, **given) -> int:
    """How many rows the next round makes."""
    run.refresh_from_db()
    return making.refresh(run, **given)


def test_more_changed_things_than_a_round_takes_come_in_the_next():
    market = make_market()
    run = make_table()
    newcomer, before = make_user(), weights(run)
    look(newcomer, *market.cups)
    assert [followed(run, most=2) for _round in range(4)] == [2, 2, 1, 0]
    after = weights(run)
    assert [after[cup.pk] == before[cup.pk] for cup in market.cups] == [False] * 5


def test_things_of_one_moment_are_followed_in_one_round():
    market = make_market()
    run = make_table()
    look(make_user(), market.cups[0])
    at = timezone.now()
    for pot in market.pots[:3]:
        services.record(looker=Looker(guest="g"), kind="save", product_id=pot.pk, at=at)
    look(make_user(), market.cups[1])
    assert [followed(run, most=2) for _round in range(3)] == [4, 1, 0]


def test_what_comes_into_the_log_late_is_followed_when_its_time_has_settled():
    market = make_market(people=0)
    run, minute = make_table(), dt.timedelta(minutes=1)
    now = timezone.now()
    Run.objects.filter(pk=run.pk).update(refreshed_at=now, settled_at=now - 20 * minute)
    for person, ago in ((make_user(), 10 * minute), (make_user(), minute)):
        for cup in market.cups[:2] if ago > minute else market.cups[2:4]:
            services.record(looker=Looker(person.pk), kind="pay", product_id=cup.pk, at=now - ago)
    assert [followed(run), followed(run)] == [2, 0]
    assert market.cups[1].pk in rows(run)[market.cups[0].pk]
    assert [followed(run, late=minute / 2), followed(run, late=minute / 2)] == [2, 0]


def test_an_event_is_followed_at_once_and_looked_at_once_more():
    market = make_market()
    Interaction.objects.update(at=F("at") - dt.timedelta(hours=1))
    run = make_table()
    look(make_user(), market.cups[0])
    assert [followed(run), followed(run)] == [1, 0]
    at_once = dt.timedelta()
    before = weights(run)[market.cups[0].pk]
    assert [followed(run, late=at_once), followed(run, late=at_once)] == [1, 0]
    assert weights(run)[market.cups[0].pk] == pytest.approx(before, rel=1e-3)


def test_what_is_done_while_a_table_is_made_is_followed_once_it_is_live():
    market = make_market()
    run = services.start_run()
    look(make_user(), market.cups[0], market.pots[0])
    for pk in run.blocks.order_by("number").values_list("pk", flat=True):
        tasks.make_block(pk)
    assert market.pots[0].pk not in rows(run)[market.cups[0].pk][:4]
    assert [followed(run), followed(run)] == [2, 0]
    assert weights(run)[market.cups[0].pk] == pytest.approx(weights(make_table())[market.cups[0].pk], rel=1e-3)


def test_who_only_asked_is_followed_too():
    """As the night reads it: her questions are all that is known of her."""
    market = make_market()
    run, asker, asked = make_table(), make_user(), [market.cups[0], market.pots[0]]
    for product in asked:
        chat.open_conversation(shopper=asker, channel=product.channel, product=product)
    assert [followed(run), followed(run)] == [2, 0]
    made, anew = weights(run), weights(make_table())
    for product in asked:
        assert made[product.pk] == pytest.approx(anew[product.pk], rel=1e-3)
    assert market.pots[0].pk in made[market.cups[0].pk]


def test_a_thing_nobody_touched_stands_beside_its_like():
    market = make_market()
    new = make_product_post(market.channels[0], title="Cup of clay", category=market.cups[0].category).product
    run = make_table()
    made = rows(run)
    assert set(made[new.pk][:5]) == {cup.pk for cup in market.cups}
    assert any(new.pk in made[cup.pk] for cup in market.cups)


def test_products_that_are_not_shown_are_not_in_the_table():
    market = make_market()
    type(market.cups[0]).objects.filter(pk=market.cups[0].pk).update(is_listed=False)
    made = rows(make_table())
    assert market.cups[0].pk not in made
    assert all(market.cups[0].pk not in ids for ids in made.values())


def test_an_empty_shop_has_an_empty_table():
    run = make_table()
    assert (run.state, rows(run)) == ("live", {})


def test_the_newest_tuning_is_what_the_next_table_is_made_with():
    settings = asdict(Settings(width=2))
    Tuning.objects.create(settings=settings, quality={})
    market = make_market()
    run = make_table()
    assert run.settings == settings
    assert {len(ids) for ids in rows(run).values()} == {2}
    assert len(rows(run)) == len(market.products)


def test_commands_tune_and_evaluate(capsys):
    make_market(people=12)
    call_command("tune_recommender", seconds=0)
    assert Tuning.objects.get().settings == asdict(TIMED)
    run = make_table()
    Run.objects.filter(pk=run.pk).update(figures={})
    capsys.readouterr()
    call_command("evaluate_recommender")
    run.refresh_from_db()
    said = dict(line.split() for line in capsys.readouterr().out.splitlines() if line.count(" ") == 1)
    assert {"ndcg", "popular_ndcg", "trending_ndcg", "coverage", "novelty", "gini"} < set(said)
    assert run.figures == {name: float(value) for name, value in said.items()}


def test_what_blocks_share_is_made_once_and_goes_with_its_run(monkeypatch):
    make_market()
    monkeypatch.setattr(tables, "BLOCK", 3)
    runs = [make_table(), services.start_run()]
    stamps = set()
    for block in runs[1].blocks.order_by("number"):
        making.make_block(block)
        stamps |= {
            (file.stat().st_ino, file.stat().st_mtime_ns)
            for file in django_settings.RECOMMENDER_DIR.glob(f"run-{runs[1].pk}-*/inputs")
        }
    assert len(stamps) == 1
    runs.append(make_table())
    folders = sorted(path.name for path in django_settings.RECOMMENDER_DIR.glob("run-*"))
    assert [name.split("-")[1] for name in folders] == sorted(
        str(run.pk) for run in runs[1:]
    )  # the one before is needed


def test_who_comes_while_it_is_made_comes_again():
    make_market()
    run = services.start_run()
    home = django_settings.RECOMMENDER_DIR
    home.mkdir()
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(store.BeingMade):
            store.prepare(run)
    store.prepare(run)
    assert store.inputs_of(run).log.shape == (8, 10)


def test_regression_is_in_the_table_and_in_the_rows_that_follow_events():
    made = asdict(Settings(width=10, regression_share=0.9, half_life=30))
    Tuning.objects.create(settings=made, quality={})
    market = make_market()
    with_it = make_table()
    Tuning.objects.create(settings=made | {"regression_share": 0}, quality={})
    without = weights(make_table())
    Run.objects.filter(state="live").update(state="past")
    Run.objects.filter(pk=with_it.pk).update(state="live")
    cup = market.cups[0]
    assert sum(weights(with_it)[cup.pk].values()) > 1.3 * sum(without[cup.pk].values())
    look(make_user(), cup, market.cups[1])
    with_it.refresh_from_db()
    before = sum(weights(with_it)[cup.pk].values())
    assert making.refresh(with_it) == 2
    assert sum(weights(with_it)[cup.pk].values()) == pytest.approx(before, rel=0.2)


def test_regression_leaves_a_task_the_time_to_end(settings):
    """However much an operator allows it; a task may solve two."""
    settings.RECOMMENDER_REGRESSION_SECONDS = 10**6
    Tuning.objects.create(settings=asdict(Settings(width=10, regression_share=0.9)), quality={})
    make_market(people=12)
    run = make_table()
    assert store.maker_of(run).foretold.nnz > 0
    settings.CELERY_TASK_TIME_LIMIT = 0  # nothing of it is left
    starved = make_table()
    assert store.maker_of(starved).foretold.nnz == 0
    assert weights(starved) != weights(run)
    settings.CELERY_TASK_TIME_LIMIT = 300
    assert 2 * store.regression_seconds() <= 300 / 2
    settings.RECOMMENDER_REGRESSION_SECONDS = 10
    assert store.regression_seconds() == 10


def test_the_log_is_read_in_pieces(monkeypatch):
    """Cut anywhere between rows, with people of many pieces; the newest things of everybody, guests among them."""
    market = make_market()
    for product in market.products:
        services.record(looker=Looker(guest="g"), kind="save", product_id=product.pk)
    monkeypatch.setattr(copied, "MOST", 3)
    until = timezone.now()
    whole = inputs.read(until).log
    monkeypatch.setattr(copied, "PIECE", 100)
    pieces = inputs.read(until).log
    for name in ("people", "items", "weights", "ages"):
        assert getattr(pieces, name).tolist() == getattr(whole, name).tolist()
    assert whole.shape == (9, 10)
    assert np.bincount(whole.people).tolist() == [3] * 9
    assert whole.weights[whole.people == 0].tolist() == [3, 3, 3]  # guests come first
    first = Interaction.objects.filter(person=market.people[0]).order_by("-at", "-product_id")[:3]
    items = whole.items[whole.people == 1]
    assert [market.products[place].pk for place in items] == [deed.product_id for deed in reversed(first)]


def test_numbers_of_products():
    market = make_market()
    read = inputs.read(timezone.now())
    assert read.places_of([market.cups[1].pk, 0, 2**60]).tolist() == [1]
    assert read.log.shape == (8, 10)
    assert np.bincount(read.log.items).sum() == 8 * 4


def test_web_processes_start_without_numpy():
    """Only what workers and commands import says numpy, or a module that does, at its beginning."""
    heavy = re.compile(
        r"^(?:import|from) (?:numpy|scipy|sklearn|sparse_dot_topn|recommender import (?:.*\b)?(?:copied|inputs|making|store)\b"
        r"|recommender\.training\.(?!settings))",
        re.MULTILINE,
    )
    base = django_settings.BASE_DIR
    found = {
        str(path.relative_to(base))
        for room in ("config", "demo", "shop", "recommender")
        for path in (base / room).rglob("*.py")
        if heavy.search(path.read_text())
    }
    late = {f"recommender/{name}.py" for name in ("copied", "inputs", "making", "store")}
    assert {path for path in found if "/training/" not in path and "/commands/" not in path} == late
