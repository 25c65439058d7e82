"""/reports/: choices, and what came of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http.response import HttpResponseBase
from rest_framework import serializers

from api.bodies import Strict
from api.paging import Listed, turned
from api.papers import paper
from api.questions import (
    CodeField,
    CurrencyQuery,
    DepartmentQuery,
    KnownQuery,
    SpanQuery,
    days_asked,
)
from api.report_files import Report, file_of, period_status, report_of
from api.resource import Asked, operation
from api.work_papers import NeedOut
from ledger.reports import choice_share as shares
from ledger.reports import choice_totals as totals
from ledger.reports import choices as record
from ledger.reports import scorecard as records
from ledger.reports import spend as spending

ChoiceOut = paper(
    record.ChoiceRow,
    "award_id",
    "job_id",
    "job_reference",
    "job_title",
    "job_source_key",
    "department_id",
    "department_name",
    "category_code",
    "provider_id",
    "provider_name",
    "kind",
    "currency",
    "price",
    "bid_price",
    "valid_priced_bids",
    "is_lowest",
    "lowest_is_tied",
    "best_in_house",
    "best_outside",
    "spread",
    "charged",
    "comparable",
    "spent",
    "reason_code",
    "reason_label",
    "reason",
    "decisive_criterion",
    "followed_view",
    "chosen_by",
    "chosen_at",
    "override",
    "rating_after",
    "rating_after_n",
)
ChoiceTotalsOut = paper(
    totals.ChoiceTotals,
    "choices",
    "awarded",
    "valid_priced_bids",
    "contested",
    "lowest_chosen",
    "lowest_chosen_tied",
    "lowest_tied",
    "in_house",
    "outside",
)
ShareOut = paper(
    shares.ShareRow,
    "key",
    "label",
    "currency",
    "in_house",
    "outside",
    "choices",
    "in_house_value",
    "outside_value",
    "returns",
    "return_rate",
)

RatingRowOut = paper(
    records.RatingRow,
    "provider_id",
    "provider_name",
    "kind",
    "n",
    "again_yes",
    "again_n",
    "again_mean",
    "dates_kept",
    "dates_promised",
    "is_new",
    needs=NeedOut(many=True),
)
SpendOut = paper(spending.SpendRow, "keys", "labels", "amount", "count")


class ChoiceQuery(SpanQuery, DepartmentQuery, CurrencyQuery):  # type: ignore[misc]
    """Which choices."""

    provider = serializers.UUIDField(required=False, source="provider_id")
    job = serializers.UUIDField(required=False, source="job_id")
    category = CodeField(required=False)
    kind = serializers.ChoiceField(["in_house", "outside"], required=False)


class Choices(Report):
    """/reports/choices/"""

    @operation(
        "Report choices",
        scope="reports:read",
        answers=ChoiceOut,
        query=ChoiceQuery,
        paged=True,
        files=True,
        orders=("newest",),
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """One row a choice, newest first: which bid, against how many, why, what came of it."""
        only = record.ChoiceFilter(**asked.query)
        control = record.choice_control(actor=asked.actor, only=only)
        if asked.format != "json":
            rows = record.every_choice(actor=asked.actor, only=only)
            return file_of(asked, "choices", record.COLUMNS, rows, control=control)
        page = turned(
            lambda cursor, limit: record.choices(
                actor=asked.actor, only=only, cursor=cursor, limit=limit
            ),
            **asked.page,
        )
        return replace(page, control=control, period_status=period_status(asked))


class ChoiceTotals(Report):
    """/reports/choices/totals/"""

    @operation("Count choices", scope="reports:read", answers=ChoiceTotalsOut, query=ChoiceQuery)
    def get(self, asked: Asked) -> Any:
        """The same choices counted: the control totals of the report."""
        return totals.choice_totals(actor=asked.actor, only=record.ChoiceFilter(**asked.query))


class ShareQuery(ChoiceQuery):
    """By what."""

    group_by = serializers.ChoiceField(list(shares.GROUPS), default="month", source="by")


class ChoiceShare(Report):
    """/reports/choice-share/"""

    @operation(
        "Report the choice share",
        scope="reports:read",
        answers=ShareOut,
        query=ShareQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """
        In-house against outside, by count and by value; and `returns`: how many of the `choices`
        chose a provider that the department had chosen before, with `return_rate` in per cent.
        """
        by = asked.query.pop("by")
        rows = shares.choice_share(
            actor=asked.actor, only=record.ChoiceFilter(**asked.query), by=by
        )
        return report_of(asked, "choice-share", shares.COLUMNS, rows)


class RatingsQuery(Strict):
    """Of which kind of work."""

    category = CodeField(required=False)


class Ratings(Report):
    """/reports/ratings/"""

    @operation(
        "Report ratings",
        scope="reports:read",
        answers=RatingRowOut,
        query=RatingsQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Shrunk means per need, choose-again and promises kept; none under three ratings."""
        rows = records.ratings(actor=asked.actor, at=asked.at, **asked.query)
        return report_of(asked, "ratings", records.COLUMNS, rows)


class GroupsField(serializers.MultipleChoiceField):
    """By what spend is summed."""

    default_error_messages = {"many": "Name at most {most}."}
    max_length = spending.GROUPS_MAX

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, list) and len(data) > self.max_length:
            self.fail("many", most=self.max_length)
        return super().to_internal_value(data)


class SpendQuery(SpanQuery, DepartmentQuery, CurrencyQuery, KnownQuery):  # type: ignore[misc]
    """What is summed by what."""

    group_by = GroupsField(
        choices=list(spending.GROUPS),
        required=False,
        help_text="Up to four; name it once for each.",
    )


class Spend(Report):
    """/reports/spend/"""

    @operation(
        "Report spend",
        scope="reports:read",
        answers=SpendOut,
        query=SpendQuery,
        paged=True,
        files=True,
    )
    def get(self, asked: Asked) -> Listed | HttpResponseBase:
        """Charges less credits, summed by up to four things. Without days: this month."""
        span = days_asked(asked.query, today=asked.at.date())
        rows = spending.spend(actor=asked.actor, **asked.query | span)
        columns = spending.columns_of(asked.query.get("group_by", ["department"]))
        return report_of(asked, "spend", columns, rows, rows.control)
