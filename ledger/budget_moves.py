"""Moving budget from one line to another: finance wants it; above a limit a second one signs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from ledger.carrying import budget_lines
from ledger.models.budgets import BudgetLine
from ledger.models.moves import MoveAnswer, MoveWanted, SigningLimit
from ledger.posting import BudgetMove, EntryKind, InsufficientFunds, post_entry
from marketplace.history import Fact, record
from marketplace.models.departments import Department
from marketplace.models.events import Audience
from marketplace.models.people import Office, Role, User
from marketplace.models.providers import Category
from marketplace.money import Money
from marketplace.notices import holders, people_of_department, tell
from marketplace.permissions import may_administer, may_manage_money
from marketplace.refusals import Forbidden, Refusal, Unknown, require
from marketplace.words import keep

LOCK = 7303  # one answer to one move
LINE_LOCK = 7306  # what is taken from one line is taken in turn


class NotAMove(Refusal):
    """A move takes something from a line, in that line's currency."""

    code = "not_a_move"
    field = "amount"


class SameLine(Refusal):
    """A move leads to another line."""

    code = "same_line"
    field = "to_department_id"


class ReasonMissing(Refusal):
    """A move, and a refusal of one, says why."""

    code = "reason_missing"
    field = "reason"


class AlreadyAnswered(Refusal):
    """A move is made or declined once."""

    code = "already_answered"


class AskedDifferently(Refusal):
    """The same move was asked for before, with other words."""

    code = "asked_differently"


class OwnMove(Forbidden):
    """The second person is not the first."""

    code = "own_move"


class NotALimit(Refusal):
    """A limit is an amount, zero at least: zero means that each move is signed."""

    code = "not_a_limit"
    field = "limit"


@transaction.atomic(savepoint=False)
def state_signing_limit(*, actor: User, limit: Money, reason: str, at: datetime) -> SigningLimit:
    """
    State above which amount a move of budget needs a second signature. Until one is stated for a
    currency, every move in it does.

    :raises Forbidden: only an administrator sets thresholds: not those whom they bind.
    :raises NotALimit, ReasonMissing: the rules say no.
    """
    require(may_administer(actor), "An administrator sets the limit, not those whom it binds.")
    if limit.minor < 0:
        raise NotALimit("Give zero or more.")
    _refuse_silence(reason)
    stated = SigningLimit.objects.create(
        currency=limit.currency,
        limit_minor=limit.minor,
        reason=keep(reason.strip(), at=at),
        stated_by=actor,
        stated_at=at,
    )
    facts: dict[str, Fact] = {"limit_minor": limit.minor, "currency": limit.currency}
    record(actor, "limit.stated", stated, at=at, audience=Audience.COMPANY, facts=facts)
    return stated


def signing_limit(currency: str) -> Money:
    """Return above which amount a move needs a second signature; zero until one is stated."""
    stated = SigningLimit.objects.filter(currency=currency).order_by("-stated_at", "-pk").first()
    return Money(stated.limit_minor if stated else 0, currency)


@transaction.atomic(savepoint=False)
def move_budget(
    *,
    actor: User,
    move_id: UUID,
    from_line_id: UUID,
    to_department_id: UUID,
    amount: Money,
    reason: str,
    at: datetime,
    to_category_id: UUID | None = None,
) -> MoveWanted:
    """
    Move budget to another department or kind of work, in the same year and currency. Up to the
    limit it is booked at once; above it, another person of finance signs first.

    :param move_id: names the move; the same one again moves nothing more.
    :raises Unknown: there is no such line, department or kind of work.
    :raises Forbidden: only finance moves budgets.
    :raises NotAMove, SameLine, ReasonMissing, AskedDifferently, InsufficientFunds: the rules say
        no.
    """
    line = BudgetLine.objects.visible_to(actor).select_related("department").one(from_line_id)
    department = Department.objects.visible_to(actor).one(to_department_id)
    require(may_manage_money(actor), "Only finance moves budgets.")
    if to_category_id and not Category.objects.filter(pk=to_category_id).exists():
        raise Unknown("There is no such kind of work.")
    _hold(move_id)
    before = MoveWanted.objects.filter(pk=move_id).first()
    if before is not None:
        return _same(before, line, department, to_category_id, amount)
    if amount.minor <= 0 or amount.currency != line.currency:
        raise NotAMove(f"Move more than zero, in {line.currency}.")
    if (department.pk, to_category_id) == (line.department_id, line.category_id):
        raise SameLine("Name another department, or another kind of work.")
    _refuse_silence(reason)
    refuse_beyond(line, amount)

    wanted = MoveWanted.objects.create(
        pk=move_id,
        from_line=line,
        to_department=department,
        to_category_id=to_category_id,
        amount_minor=amount.minor,
        reason=keep(reason.strip(), at=at),
        proposed_by=actor,
        proposed_at=at,
        needs_signature=amount > signing_limit(amount.currency),
    )
    _record(actor, "budget.move_asked", wanted, at=at)
    if wanted.needs_signature:
        _ask_for_signature(wanted, at=at)
    else:
        _make(wanted, actor=actor, at=at)
    return wanted


@transaction.atomic(savepoint=False)
def sign_move(*, actor: User, move_id: UUID, at: datetime) -> MoveAnswer:
    """
    Sign a move that another person of finance wants, and book it.

    :raises Unknown: there is no such move.
    :raises Forbidden, OwnMove: only finance signs, and never its own.
    :raises AlreadyAnswered, InsufficientFunds: the rules say no.
    """
    wanted = _waiting(actor, move_id)
    if wanted.proposed_by_id == actor.pk:
        raise OwnMove("You asked for this move. Another person of finance signs it.")
    return _make(wanted, actor=actor, at=at)


@transaction.atomic(savepoint=False)
def decline_move(*, actor: User, move_id: UUID, reason: str, at: datetime) -> MoveAnswer:
    """
    Decline a move, or take one's own back.

    :raises Unknown: there is no such move. :raises Forbidden: only finance answers.
    :raises AlreadyAnswered, ReasonMissing: the rules say no.
    """
    wanted = _waiting(actor, move_id)
    _refuse_silence(reason)
    answer = MoveAnswer.objects.create(
        wanted=wanted,
        answered_by=actor,
        answered_at=at,
        is_made=False,
        reason=keep(reason.strip(), at=at),
    )
    _record(actor, "budget.move_declined", wanted, at=at)
    tell(
        "budget.move_declined",
        recipients=[wanted.proposed_by],
        text=f"{actor.name} declined the move of {_amount(wanted)}: {reason.strip()}",
        because="you asked for it",
        at=at,
        subject=wanted,
    )
    return answer


def refuse_beyond(line: BudgetLine, amount: Money) -> None:
    """
    Read what the line has left once nobody else moves anything from it.

    :raises InsufficientFunds: the line has less than that left, whatever its control.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LINE_LOCK, str(line.pk)])
    available = BudgetLine.objects.get(pk=line.pk).available
    if amount > available:
        raise InsufficientFunds(
            f"{line.department} has {available} left there; {amount} cannot be moved.",
            available=available,
            wanted=amount,
        )


def _make(wanted: MoveWanted, *, actor: User, at: datetime) -> MoveAnswer:
    """Book a move (entry 2 of the chart) and tell both departments."""
    from_line, amount = wanted.from_line, _amount(wanted)
    refuse_beyond(from_line, amount)
    to_line, _ = BudgetLine.objects.get_or_create(
        fiscal_year=from_line.fiscal_year,
        department=wanted.to_department,
        category=wanted.to_category,
        currency=from_line.currency,
        defaults={"control": from_line.control},
    )
    answer = MoveAnswer.objects.create(
        wanted=wanted, answered_by=actor, answered_at=at, is_made=True, to_line=to_line
    )
    post_entry(
        actor=actor,
        kind=EntryKind.BUDGET_MOVED,
        source=wanted.pk,
        at=at,
        lines=[*budget_lines(to_line, amount), *budget_lines(from_line, -amount)],
        budget_moves=[
            BudgetMove(from_line.pk, budget=-amount.minor),
            BudgetMove(to_line.pk, budget=amount.minor),
        ],
    )
    _record(actor, "budget.moved", wanted, at=at)
    departments = {one.pk: one for one in (from_line.department, wanted.to_department)}
    heads = [head for one in departments.values() for head in people_of_department(one, Role.HEAD)]
    tell(
        "budget.moved",
        recipients=heads,
        text=f"{amount} of {from_line.fiscal_year} were moved from {from_line.department} to"
        f" {wanted.to_department}: {wanted.reason.text}",
        because="you head one of the two departments",
        at=at,
        subject=wanted,
    )
    return answer


def _waiting(actor: User, move_id: UUID) -> MoveWanted:
    """Return a move that waits for its answer, held until the transaction ends."""
    moves = MoveWanted.objects.visible_to(actor).select_related(
        "from_line__department", "to_department", "to_category", "reason", "proposed_by"
    )
    wanted = moves.one(move_id)
    require(may_manage_money(actor), "Only finance answers for moves of budget.")
    _hold(move_id)
    answer = MoveAnswer.objects.filter(wanted=wanted).first()
    if answer is not None:
        raise AlreadyAnswered("This was made before." if answer.is_made else "It was declined.")
    return wanted


def _hold(move_id: UUID) -> None:
    # The row may be updated by nobody, so nobody can lock it: the name of the move is held.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, str(move_id)])


def _same(
    before: MoveWanted,
    line: BudgetLine,
    department: Department,
    category_id: UUID | None,
    amount: Money,
) -> MoveWanted:
    facts = (before.from_line_id, before.to_department_id, before.to_category_id)
    if (*facts, before.amount_minor) != (line.pk, department.pk, category_id, amount.minor):
        raise AskedDifferently("This move was asked for before, with other figures.")
    return before


def _amount(wanted: MoveWanted) -> Money:
    return Money(wanted.amount_minor, wanted.from_line.currency)


def _ask_for_signature(wanted: MoveWanted, *, at: datetime) -> None:
    others = [one for one in holders(Office.FINANCE) if one.pk != wanted.proposed_by_id]
    tell(
        "budget.move_asked",
        recipients=others,
        text=f"{wanted.proposed_by.name} wants to move {_amount(wanted)} from"
        f" {wanted.from_line.department} to {wanted.to_department}: {wanted.reason.text}",
        because="it needs a second signature of finance",
        at=at,
        subject=wanted,
    )


def _refuse_silence(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("Say in a sentence why.")


def _record(actor: User, kind: str, wanted: MoveWanted, *, at: datetime) -> None:
    facts: dict[str, Fact] = {
        "from_line": str(wanted.from_line_id),
        "to_department": str(wanted.to_department_id),
        "to_category": str(wanted.to_category_id) if wanted.to_category_id else None,
        "amount_minor": wanted.amount_minor,
        "currency": wanted.from_line.currency,
        "reason_digest": bytes(wanted.reason.digest).hex(),
    }
    record(actor, kind, wanted, at=at, audience=Audience.COMPANY, facts=facts)
