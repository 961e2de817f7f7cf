"""What is left over goes at night. core knows no other room: who points to a row is asked of Django's models."""

from collections.abc import Collection
from typing import TypeVar

from django.db import models, transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, Q, QuerySet

Row = TypeVar("Row", bound=models.Model)


def delete_some(rows: QuerySet[Row], limit: int) -> int:
    """Deletes at most ``limit`` of ``rows``; returns how many. Rows that others are at are left for the next time."""
    with transaction.atomic():
        batch = rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit]
        return rows.model._base_manager.filter(pk__in=list(batch)).delete()[0]


def unreferenced(rows: QuerySet[Row], *, but: Collection[type[models.Model]] = ()) -> QuerySet[Row]:
    """Those of ``rows`` that no row of any room points to; rows of the models in ``but`` do not count.

    One condition, not one for each room: PostgreSQL would make joins of them and think for a second about their order.
    """
    pointed_at = Q()
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.many_to_many or relation.related_model in but:
            continue  # a many-to-many is seen by the rows of its table
        pointing = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
        pointed_at |= Q(Exists(pointing))
    return rows.filter(~pointed_at)
