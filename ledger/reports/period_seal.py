"""The seal of a closed month: one root over its balances, and a proof for each line of it."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from uuid import UUID

from django.db.models import Sum

from ledger.models.journal import Balance
from ledger.models.periods import Period, PeriodStep, Step
from ledger.reports.reading import department_to_read, reader_of
from marketplace.history import Fact, canonical, leaf_of
from marketplace.log.merkle import inclusion_path, root
from marketplace.models.people import User
from marketplace.refusals import Refusal, Unknown, require

KEY_BYTES = 32
SALT_BYTES = 16


class NotSealed(Refusal):
    """Only a closed month is sealed."""

    code = "period_not_sealed"
    field = "period"


@dataclass(frozen=True, slots=True)
class SealedLine:
    """One balance as the seal holds it: its canonical text, and the salt that hides it."""

    text: str
    salt: bytes
    department_id: UUID | None

    @property
    def leaf(self) -> bytes:
        return leaf_of(self.salt, self.text)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A month's balances under one root."""

    root: bytes
    key: bytes
    lines: tuple[SealedLine, ...]


@dataclass(frozen=True, slots=True)
class PeriodSeal:
    """What the record says of a closed month, and whether its balances still say the same."""

    period: int
    label: str
    root: str  # hexadecimal
    lines: int
    closed_at: datetime
    closed_by: str
    holds: bool  # computed again just now, it is the same


@dataclass(frozen=True, slots=True)
class LineProof:
    """One line of a department with its way to the root: proof of it, and of nothing else."""

    text: str
    salt: str  # hexadecimal, like all that follows
    index: int
    size: int
    path: tuple[str, ...]
    root: str


def period_seal(*, actor: User, period_id: int) -> PeriodSeal:
    """
    Return the seal of a closed month, computed again from its balances.

    :raises Forbidden: the actor has no part in the company's books.
    :raises Unknown: there is no such month. :raises NotSealed: it is not closed.
    """
    reader = reader_of(actor)
    require(bool(reader.departments or reader.offices))
    period, closing = _closing_of(period_id)
    sealed = sealed_now(period, key=bytes(closing.key or b""))
    return PeriodSeal(
        period=period.pk,
        label=str(period),
        root=bytes(closing.root or b"").hex(),
        lines=len(sealed.lines),
        closed_at=closing.taken_at,
        closed_by=closing.taken_by.name if reader.reads_all_books else "Finance",
        holds=sealed.root == closing.root,
    )


def line_proofs(*, actor: User, period_id: int, department_id: UUID) -> tuple[LineProof, ...]:
    """
    Return a department's lines of a closed month, each with its proof. Whoever holds one can check
    it against the root in the record, and learns nothing of any other line.

    :raises Unknown: the actor cannot see the department, or there is no such month.
    :raises Forbidden: the books of this department are not the actor's to read.
    :raises NotSealed: the month is not closed.
    """
    department = department_to_read(reader_of(actor), department_id)
    period, closing = _closing_of(period_id)
    sealed = sealed_now(period, key=bytes(closing.key or b""))
    leaves = [line.leaf for line in sealed.lines]
    return tuple(
        LineProof(
            text=line.text,
            salt=line.salt.hex(),
            index=index,
            size=len(leaves),
            path=tuple(step.hex() for step in inclusion_path(leaves, index)),
            root=bytes(closing.root or b"").hex(),
        )
        for index, line in enumerate(sealed.lines)
        if line.department_id == department.pk
    )


def sealed_now(period: Period, *, key: bytes | None = None) -> Sealed:
    """
    Return a month's balances under one root: each line salted from the key, a new one if none is
    given, because a sum alone could be guessed from its hash.
    """
    key = key or token_bytes(KEY_BYTES)
    lines = tuple(_line(row, period=period, key=key) for row in _balances(period))
    return Sealed(root=root([line.leaf for line in lines]), key=key, lines=lines)


def _closing_of(period_id: int) -> tuple[Period, PeriodStep]:
    """Return a closed month with the step that closed it last."""
    period = Period.objects.filter(pk=period_id).first()
    if period is None:
        raise Unknown("There is no such month in the books.")
    if period.closed_at is None:
        raise NotSealed(f"The books of {period} are not closed, so nothing is sealed yet.")
    closings = PeriodStep.objects.filter(period=period, step=Step.CLOSED).select_related("taken_by")
    return period, closings.latest("position")


def _balances(period: Period) -> Iterable[tuple[UUID | None, str, str, int, int]]:
    """Return department, account, currency, debit, credit: the stripes added, in one order."""
    return sorted(
        Balance.objects.filter(period=period)
        .values_list("department", "account__code", "currency")
        .annotate(debit=Sum("debit_minor"), credit=Sum("credit_minor")),
        key=lambda row: (str(row[0] or ""), row[1], row[2]),
    )


def _line(row: tuple[UUID | None, str, str, int, int], *, period: Period, key: bytes) -> SealedLine:
    department, account, currency, debit, credit = row
    name: dict[str, Fact] = {
        "v": 1,
        "kind": "period.balance",
        "period": period.pk,
        "department": str(department) if department else None,
        "account": account,
        "currency": currency,
    }
    salt = hmac.digest(key, canonical(name).encode(), "sha256")[:SALT_BYTES]
    text = canonical({**name, "debit_minor": int(debit), "credit_minor": int(credit)})
    return SealedLine(text=text, salt=salt, department_id=department)
