"""Triggers by which the database itself refuses what must never be.

django-pgtrigger keeps them in the migrations. Its own template lets every role switch a trigger off by a setting
(``pgtrigger.ignore``), which a ledger cannot allow: ``Guard`` writes them without that door, and with a search path
on which no temporary table can stand in for a real one.
"""

from collections.abc import Iterable

import pgtrigger
from django.db import models, router
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger import compiler


class GuardSql(compiler.UpsertTriggerSql):
    """The statement that installs a guard. Migrations refer to it: a change needs a class of another name."""

    def get_template(self) -> str:
        return """
            CREATE OR REPLACE FUNCTION {pgid}() RETURNS TRIGGER AS $$
                {declare}
                BEGIN
                    {func}
                END;
            $$ LANGUAGE plpgsql SET search_path = public, pg_temp;

            DROP TRIGGER IF EXISTS {pgid} ON {table};
            CREATE {constraint} TRIGGER {pgid}
                {when} {operation} ON {table}
                {timing}
                {referencing}
                FOR EACH {level} {condition}
                EXECUTE PROCEDURE {execute};

            COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
        """


class Guard(pgtrigger.Trigger):
    def compile(self, model: models.Model) -> compiler.Trigger:
        compiled = super().compile(model)
        return compiler.Trigger(name=self.name, sql=GuardSql(**compiled.sql.kwargs))


class InstallGuards(Operation):
    """In a migration: what ``CreateModel`` lists as a model's triggers, for models of the migration's app.

    An ``AddTrigger`` for each would make Django build all models anew forty times.
    """

    def __init__(self, models: list[str]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: the models have them already."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for trigger in self._triggers(app_label, schema_editor, to_state):
            schema_editor.execute(trigger.install_sql, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for trigger in reversed(self._triggers(app_label, schema_editor, from_state)):
            schema_editor.execute(trigger.uninstall_sql, params=None)

    def _triggers(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, state: ProjectState
    ) -> list[compiler.Trigger]:
        return [
            trigger
            for model in self.models
            if router.allow_migrate(schema_editor.connection.alias, app_label, model_name=model)
            for trigger in state.models[app_label, model].options["triggers"]
        ]

    def describe(self) -> str:
        return f"Install the guards of {', '.join(self.models)}"


def refuse(message: str, *values: str) -> str:
    """PL/pgSQL that raises; ``%`` in the message stands for a value. Django sees an IntegrityError."""
    return f"RAISE EXCEPTION '{', '.join((message + chr(39), *values))} USING ERRCODE = 'check_violation';"


def pairs_sql(pairs: Iterable[tuple[str, str]]) -> str:
    """``('a','b'),('c','d')`` for an IN list, in a stable order so that migrations do not flicker."""
    return ", ".join(f"('{source}', '{target}')" for source, target in sorted((str(a), str(b)) for a, b in pairs))


def words_sql(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(str(word) for word in words))


def never_truncated() -> Guard:
    return Guard(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=refuse("% is never emptied", "TG_TABLE_NAME"),
    )


def never_deleted() -> Guard:
    return Guard(
        name="no_delete",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func=refuse("rows of % are never deleted", "TG_TABLE_NAME"),
    )


def append_only() -> list[Guard]:
    """Rows are added and never change (I2)."""
    no_change = Guard(
        name="no_change",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        func=refuse("% on % refused: rows are only added", "TG_OP", "TG_TABLE_NAME"),
    )
    return [no_change, never_truncated()]


def machine(pairs: Iterable[tuple[str, str]], *, first: str, fixed: Iterable[str]) -> list[Guard]:
    """A small machine: begins in ``first``, moves along ``pairs``, and the ``fixed`` columns stay as they were."""
    now, before = (", ".join(f"{row}.{column}" for column in sorted(fixed)) for row in ("NEW", "OLD"))
    guard = Guard(
        name="moves",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF TG_OP = 'INSERT' THEN
                IF NEW.state <> '{first}' THEN {refuse("% begins as {first}", "TG_TABLE_NAME").replace("{first}", first)} END IF;
                RETURN NEW;
            END IF;
            IF ({now}) IS DISTINCT FROM ({before}) THEN {refuse("% keeps what it was made for", "TG_TABLE_NAME")} END IF;
            IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({pairs_sql(pairs)}) THEN
                {refuse("% cannot move from % to %", "TG_TABLE_NAME", "OLD.state", "NEW.state")}
            END IF;
            RETURN NEW;
        """,
    )
    return [guard, never_deleted(), never_truncated()]


def has_its_entry(row: str, steps: dict[str, str], *, arrives: str, clearing: str, owner: str) -> Guard:
    """At commit the ledger has the entry of the state, as the services key it: ``row:id:step``, with the whole amount.

    ``steps`` by state, of which ``arrives`` goes on to the bank; in all others the money moves between ``clearing`` and
    the account that ``owner`` tells (SQL on ``holder`` and ``NEW``).
    """
    step_sql = " ".join(f"WHEN '{state}' THEN '{step}'" for state, step in steps.items())
    return Guard(
        name="has_its_entry",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Condition(f"NEW.state IN ({words_sql(steps)})"),
        declare=[("step", "text"), ("amount", "bigint")],
        func=f"""
            step := CASE NEW.state {step_sql} END;
            amount := CASE WHEN step = 'asked' THEN NEW.amount_minor ELSE -NEW.amount_minor END;
            PERFORM 1 FROM payments_entry AS entry
                JOIN payments_posting AS there ON there.entry_id = entry.id
                    AND (there.amount_minor, there.currency) = (amount, NEW.currency)
                JOIN payments_account AS clearing ON clearing.id = there.account_id AND clearing.kind = '{clearing}'
                JOIN payments_posting AS here ON here.entry_id = entry.id
                    AND (here.amount_minor, here.currency) = (-amount, NEW.currency)
                JOIN payments_account AS holder ON holder.id = here.account_id
                    AND CASE WHEN step = '{arrives}' THEN holder.kind = 'bank' ELSE {owner} END
                WHERE entry.key = '{row}:' || NEW.id || ':' || step;
            IF NOT FOUND THEN {refuse(f"{row} % is % without its entry", "NEW.id", "NEW.state")} END IF;
            RETURN NULL;
        """,
    )
