"""
Rows that belong to others, put at hand with them. Django's `prefetch_related` makes a query for
each row that it serves, though it asks the database but once: for fifty rows most of the time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import models

Many = TypeVar("Many", bound=models.Model)


def hold(ones: Sequence[models.Model], name: str, many: Iterable[Many]) -> list[Many]:
    """
    Put at hand, under the name of their relation, which rows belong to each of these, in the order
    given: `one.milestones.all()` then asks nothing. Anything more asked of them asks the database.
    """
    found = list(many)
    if not ones:
        return found
    relation: Any = ones[0]._meta.get_field(name)
    field = relation.field
    held = {one.pk: one for one in ones}
    parts: dict[Any, list[Many]] = defaultdict(list)
    for each in found:
        key = getattr(each, field.attname)
        field.set_cached_value(each, held[key])
        parts[key].append(each)
    rows: Any = relation.related_model._default_manager.all()  # noqa: SLF001 - Django has no public name
    of: Any = type(rows)
    kind, using = _held(of), rows.db
    for key, one in held.items():
        at_hand: dict[str, Any] = one.__dict__.setdefault("_prefetched_objects_cache", {})
        at_hand[relation.cache_name] = kind.of(rows, using, (field.name, one), parts[key])
    return found


class _Held:
    """What a queryset is that holds its rows already."""

    of_relation: tuple[str, models.Model]

    @classmethod
    def of(cls, rows: Any, using: str, relation: tuple[str, models.Model], found: list[Any]) -> Any:
        made: Any = cls(model=rows.model, query=rows.query, using=using)  # type: ignore[call-arg]
        made._result_cache, made._prefetch_done = found, True  # noqa: SLF001 - as it is read
        made.of_relation = relation
        return made

    def _chain(self) -> Any:
        """Return the question itself, for whoever asks for more than these rows."""
        name, one = self.of_relation
        rows: Any = self
        manager = rows.model._default_manager  # noqa: SLF001
        return manager.using(rows.db).filter(**{name: one})


@cache
def _held(kind: type) -> Any:
    return type(f"Held{kind.__name__}", (_Held, kind), {})
