"""Finding one thing by its id, for a person who may see it."""

from typing import TypeVar
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from marketplace.compiled import statement_for
from marketplace.refusals import Unknown

Row = TypeVar("Row", bound=models.Model)


class Findable(models.QuerySet[Row]):
    """A queryset that finds one row or refuses as if it did not exist."""

    def one(self, id: UUID) -> Row:
        """Return the row with this id. :raises Unknown: there is none among these."""
        statement = statement_for(self) if isinstance(id, UUID) else None
        try:
            if statement is None:
                return self.get(pk=id)
            found: list[Row] = statement.rows([id])
        except ObjectDoesNotExist:
            found = []
        if not found:
            name = self.model._meta.verbose_name
            raise Unknown(f"There is no such {name}.")
        return found[0]

    def lock(self, id: UUID) -> Row:
        """Return the row with this id, locked until the transaction ends."""
        return self.select_for_update(of=("self",)).one(id)


def those(rows: models.QuerySet[Row], found: models.QuerySet[Row]) -> models.QuerySet[Row]:
    """
    Return of `rows` those that `found` names. They are found first, and by themselves: joined,
    PostgreSQL might tell everything of all rows before it leaves out all but fifty.
    """
    named = models.Func(
        models.F("pk"),
        ArraySubquery(found.values("pk")),
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=models.BooleanField(),
    )
    return rows.filter(named)
