"""The audit log: who did what to what, and why. Entries are only ever added; the database refuses anything else."""

from typing import Any

from django.db import models

from core.models import AuditEntry


def log(
    *,
    actor: models.Model | None,
    verb: str,
    subject: models.Model,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> AuditEntry:
    """Adds an entry in the caller's transaction.

    ``actor`` is a person, None the program itself; ``verb`` a word like "approved"; ``data`` JSON-safe.
    """
    return AuditEntry.objects.create(
        actor_pk="" if actor is None else str(actor.pk),
        actor_name="" if actor is None else str(actor)[:200],
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_pk=str(subject.pk),
        subject_name=str(subject)[:200],
        reason=reason,
        data=data or {},
    )
