"""/imports/: tables of departments, people, providers, budgets, rates; dry, then for good."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.bodies import Strict
from api.papers import paper
from api.resource import Asked, Resource, operation
from ledger.exchange import table_imports as tables

BYTES_MAX = 5_000_000
RowFateOut = paper(tables.RowFate, "line", "name", "is_kept", "code", "detail")
ImportOut = paper(tables.ImportAccount, "kind", "is_dry", "kept", "refused", "rows", title="Import")


class _TableBody(Strict):
    csv = serializers.CharField(max_length=BYTES_MAX, help_text="The table, its names first.")
    is_dry = serializers.BooleanField(
        default=True, help_text="Only say what would become of each row; keep nothing."
    )


class CompanyTableBody(_TableBody):
    """A table about the company."""

    kind = serializers.ChoiceField(["departments", "people", "providers"])


class MoneyTableBody(_TableBody):
    """A table about money."""

    kind = serializers.ChoiceField(["budgets", "rates"])


class CompanyImports(Resource):
    """/imports/company/"""

    @operation(
        "Import departments, people or providers",
        scope="company:write",
        body=CompanyTableBody,
        answers=ImportOut,
    )
    def post(self, asked: Asked) -> Any:
        """Each row is kept or refused by itself. Dry unless said otherwise."""
        return _imported(asked)


class MoneyImports(Resource):
    """/imports/money/"""

    @operation(
        "Import budgets or currency rates",
        scope="ledger:write",
        body=MoneyTableBody,
        answers=ImportOut,
        once="ever",
    )
    def post(self, asked: Asked) -> Any:
        """Each row is kept or refused by itself; a row sent again grants nothing twice. Dry."""
        return _imported(asked)


def _imported(asked: Asked) -> tables.ImportAccount:
    said = asked.body
    return tables.import_table(
        actor=asked.actor,
        kind=said["kind"],
        text=said["csv"],
        is_dry=said["is_dry"],
        at=asked.at,
    )
