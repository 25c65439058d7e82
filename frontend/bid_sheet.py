"""The forms of one bid together, and the sum of what stands in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from bids.content import BidContent, PlannedMilestone, PriceLine
from frontend.bid_form import BidForm, LineForm, PartForm, RowForm, answer_name
from frontend.forms import Problem, offer, problems_of
from frontend.wording import choices
from marketplace.catalogue import JobText
from marketplace.directory import ProviderFacts
from marketplace.money import Money, total

ROWS_OF_A_NEW_BID = 3
ROWS_MAX = 200
OVERHEAD = "overhead"
# What the company really spends on a bid of its own team: salaries are paid either way.
NOT_AVOIDABLE = frozenset({"labour", OVERHEAD})


@dataclass(frozen=True, slots=True)
class Sum:
    """The price as it is written so far."""

    lines: Money  # without the overhead
    labour: Money
    overhead: Money
    quoted: Money
    spent: Money
    parts: Money | None  # what the milestones add up to; None where none is planned
    shown_lines: tuple[tuple[PriceLine, Money], ...]
    shown_parts: tuple[tuple[PlannedMilestone, Money], ...]

    @property
    def parts_differ(self) -> bool:
        """Whether the milestones do not cost what the lines cost."""
        return self.parts is not None and self.parts != self.quoted


class BidSheet:
    """Behaves as one form towards the page: its fields are the bid's, its problems are all."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        job: JobText,
        provider: ProviderFacts,
        content: BidContent | None,
    ) -> None:
        self.job, self.provider, self.currency = job, provider, job.currency
        self.before = content
        self.bid = BidForm(
            data,
            criteria=job.asked,
            currency=job.currency,
            initial=None if content is None else _initial(content, job),
        )
        lines = () if content is None else content.lines
        parts = () if content is None else content.milestones
        # A team's overhead follows from its labour; it is worked out, not typed.
        typed = [line for line in lines if not (provider.is_in_house and line.kind == OVERHEAD)]
        self.lines = [
            LineForm(data, prefix=f"line-{row}", currency=job.currency, initial=initial)
            for row, initial in self._rows(data, "lines", [self._line(one) for one in typed])
        ]
        self.parts = [
            PartForm(data, prefix=f"part-{row}", currency=job.currency, initial=initial)
            for row, initial in self._rows(data, "parts", [self._part(one) for one in parts])
        ]
        if provider.is_in_house:
            kinds = [kind for kind in choices("line_kinds") if kind[0] != OVERHEAD]
            for form in self.lines:
                offer(form, "kind", kinds)

    @property
    def fields(self) -> dict[str, Any]:
        return self.bid.fields

    @property
    def errors(self) -> list[Problem]:
        """What is wrong anywhere on the sheet; asking for it checks the sheet."""
        return self.problems() if self.bid.is_bound else []

    def problems(self) -> list[Problem]:
        """Return what is wrong, in the order of the page."""
        found: list[Problem] = []
        for form in (*_meant(self.lines), *_meant(self.parts), self.bid):
            found += problems_of(form)
        return found

    def is_valid(self) -> bool:
        """Return whether all that was typed has the right shape."""
        return self.bid.is_bound and not self.problems()

    def add_error(self, field: str | None, text: str) -> None:
        """Note what a rule said, beside its field or on top."""
        self.bid.add_error(field, text)

    def content(self) -> BidContent:
        """Return what was typed, as the verbs take it, with a team's overhead worked out."""
        typed = self.bid.cleaned_data
        tax: Money | None = typed["tax"]
        return BidContent(
            approach=typed["approach"],
            currency=self.currency,
            lines=self._with_overhead(
                [
                    PriceLine(
                        form.cleaned_data["kind"], form.amount_minor(), form.cleaned_data["text"]
                    )
                    for form in _meant(self.lines)
                ]
            ),
            milestones=tuple(
                PlannedMilestone(
                    form.cleaned_data["title"], form.cleaned_data["due_on"], form.amount_minor()
                )
                for form in _meant(self.parts)
            ),
            starts_on=typed["starts_on"],
            finishes_on=typed["finishes_on"],
            valid_until_on=typed["valid_until_on"],
            answers={
                criterion.id: typed[answer_name(criterion)]
                for criterion in self.job.asked
                if typed[answer_name(criterion)]
            },
            tax_minor=0 if tax is None else tax.minor,
        )

    def _with_overhead(self, lines: list[PriceLine]) -> tuple[PriceLine, ...]:
        labour = Money(
            sum(one.amount_minor for one in lines if one.kind == "labour"), self.currency
        )
        if not self.provider.is_in_house or not labour:
            return tuple(lines)
        before = None if self.before is None else sum_of(self.before)
        if self.before is not None and before is not None and before.labour == labour:
            # The same labour carries the same overhead, however it was rounded.
            return (*lines, *(one for one in self.before.lines if one.kind == OVERHEAD))
        rate = self.provider.overhead_basis_points
        text = f"{rate / 100:g} % of labour"
        return (*lines, PriceLine(OVERHEAD, labour.share(rate).minor, text))

    def _rows(
        self, data: QueryDict | None, name: str, drawn: list[dict[str, Any]]
    ) -> list[tuple[int, dict[str, Any] | None]]:
        count = len(drawn) + (1 if drawn else ROWS_OF_A_NEW_BID)
        if data is not None:
            told = data.get(name, "")  # a wrong figure makes no endless page
            count = min(int(told), ROWS_MAX) if told.isdecimal() else ROWS_OF_A_NEW_BID
        return [(row, drawn[row] if row < len(drawn) else None) for row in range(count)]

    def _line(self, one: PriceLine) -> dict[str, Any]:
        amount = Money(one.amount_minor, self.currency)
        return {"kind": one.kind, "text": one.text, "amount": amount}

    def _part(self, one: PlannedMilestone) -> dict[str, Any]:
        amount = Money(one.amount_minor, self.currency)
        return {"title": one.title, "due_on": one.due_on, "amount": amount}


def sum_of(content: BidContent) -> Sum:
    """Return the price of a bid, added up as its form shows it."""

    def of(*kinds: str) -> Money:
        amounts = (line.amount_minor for line in content.lines if line.kind in kinds)
        return Money(sum(amounts), content.currency)

    overhead = of(OVERHEAD)
    planned = [Money(one.amount_minor, content.currency) for one in content.milestones]
    return Sum(
        lines=content.quoted - overhead,
        labour=of("labour"),
        overhead=overhead,
        quoted=content.quoted,
        spent=content.quoted - of(*NOT_AVOIDABLE),
        parts=total(planned, content.currency) if planned else None,
        shown_lines=tuple(
            (one, Money(one.amount_minor, content.currency)) for one in content.lines
        ),
        shown_parts=tuple(zip(content.milestones, planned, strict=True)),
    )


def _initial(content: BidContent, job: JobText) -> dict[str, Any]:
    return {
        "approach": content.approach,
        "starts_on": content.starts_on,
        "finishes_on": content.finishes_on,
        "valid_until_on": content.valid_until_on,
        "tax": content.tax if content.tax_minor else None,
        **{answer_name(one): content.answers.get(one.id, "") for one in job.asked},
    }


def _meant(forms: list[Any]) -> list[Any]:
    """Return the rows into which something was typed."""
    rows: list[RowForm] = forms
    return [form for form in rows if form.is_bound and not form.is_left_empty()]
