"""Triggers of smoke tests: what decides is settled before the first visitor."""

from collections.abc import Iterable

import pgtrigger

from payments.models.guards import Guard, pairs_sql, refuse


def fixed_once_begun(moves: Iterable[tuple[str, str]], settled: Iterable[str]) -> Guard:
    """A test begins as a draft, moves along ``moves``, and keeps the ``settled`` columns from its start on."""
    now, before = (", ".join(f"{row}.{column}" for column in sorted(settled)) for row in ("NEW", "OLD"))
    return Guard(
        name="settled",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            IF TG_OP = 'INSERT' THEN
                IF NEW.state <> 'draft' THEN {refuse("a test begins as a draft")} END IF;
                RETURN NEW;
            END IF;
            IF TG_OP = 'DELETE' THEN
                IF OLD.state <> 'draft' THEN {refuse("a test that began is kept")} END IF;
                RETURN OLD;
            END IF;
            IF OLD.state <> 'draft' AND ({now}) IS DISTINCT FROM ({before}) THEN
                {refuse("what decides a test is settled when it starts")}
            END IF;
            IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({pairs_sql(moves)}) THEN
                {refuse("a test cannot move from % to %", "OLD.state", "NEW.state")}
            END IF;
            RETURN NEW;
        """,
    )


def only_while_draft() -> Guard:
    """Questions are asked of everybody in the same words."""
    return Guard(
        name="asked_the_same",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("which", "bigint")],
        func=f"""
            which := CASE WHEN TG_OP = 'DELETE' THEN OLD.test_id ELSE NEW.test_id END;
            PERFORM 1 FROM insights_smoketest WHERE id = which AND state <> 'draft';
            IF FOUND THEN {refuse("questions stay as they were when the test started")} END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )
