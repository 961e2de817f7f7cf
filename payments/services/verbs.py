"""Each verb happens once: the same key with the same words gives the same result, whatever is repeated."""

import hashlib
import inspect
import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import OperationalError, connection, models, transaction
from django.utils import timezone

from payments.models import Effect
from payments.services.errors import KeyReused

P = ParamSpec("P")
T = TypeVar("T")
TRIES = 3
CONFLICTS = {"40001", "40P01"}  # serialization failure, deadlock


def _plain(value: Any) -> Any:
    """A value as the hash sees it: rows by their key, the rest by its contents."""
    if isinstance(value, models.Model):
        return [value._meta.label, value.pk]
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def body_hash(name: str, words: dict[str, Any]) -> bytes:
    text = json.dumps([name, {key: _plain(value) for key, value in words.items()}], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).digest()


def again_on_conflict(work: Callable[[], T]) -> T:
    """Runs a whole transaction again after a deadlock or a serialization failure; inside another one only once."""
    tries = 1 if connection.in_atomic_block else TRIES
    for number in range(1, tries + 1):
        try:
            return work()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in CONFLICTS or number == tries:
                raise
    raise AssertionError("unreachable")


def _claim(key: str, digest: bytes) -> bool:
    """Whether the key is new. Who comes second with the same key waits here for the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_effect (key, body_hash, result_model, at) VALUES (%s, %s, '', %s) ON CONFLICT DO NOTHING",
            [key, digest, timezone.now()],
        )
        return cursor.rowcount == 1


def _recall(key: str, digest: bytes, subject: models.Model | None) -> Any:
    effect = Effect.objects.get(pk=key)
    if bytes(effect.body_hash) != digest:
        raise KeyReused
    if effect.result_id is None and subject is not None:
        return type(subject)._base_manager.get(pk=subject.pk)
    name = effect.result_model if "." in effect.result_model else f"payments.{effect.result_model}"
    return apps.get_model(name)._base_manager.get(pk=effect.result_id)


def _name(row: models.Model) -> str:
    """As an effect keeps it: rooms above write their own name before it."""
    return str(row._meta.model_name if row._meta.app_label == "payments" else row._meta.label_lower)


def verb(function: Callable[P, T]) -> Callable[P, T]:
    """A keyword-only service with a ``key``, atomic, done once. It returns a row: one it was given, or a new one."""
    kind = inspect.signature(function).return_annotation

    def once(*args: P.args, **kwargs: P.kwargs) -> T:
        key = str(kwargs["key"])
        subject: Any = next((value for value in kwargs.values() if isinstance(value, kind)), None)
        digest = body_hash(function.__name__, {name: value for name, value in kwargs.items() if name != "key"})
        with transaction.atomic():
            if not _claim(key, digest):
                known: T = _recall(key, digest, subject)
                return known
            result = function(*args, **kwargs)
            if subject is None and isinstance(result, models.Model):
                Effect.objects.filter(pk=key).update(result_model=_name(result), result_id=result.pk)
            return result

    @wraps(function)
    def act(*args: P.args, **kwargs: P.kwargs) -> T:
        return again_on_conflict(lambda: once(*args, **kwargs))

    return act
