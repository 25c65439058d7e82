"""Which publications, choices and changes are large enough to need a second head."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction
from hashlib import sha256

from ledger.charging import promised_minor
from ledger.models.awards import Award, ChangeOrder
from ledger.models.publications import PublicationWanted, PublishingLimit
from ledger.rates import NoRate, rate_in_force
from marketplace.freezing import fingerprint_of
from marketplace.models.departments import Department
from marketplace.models.jobs import Job
from marketplace.money import Money
from marketplace.policies import IMPORTED


def is_large(change: ChangeOrder, award: Award, *, agreed_minor: int | None = None) -> bool:
    """
    Whether the price, with this change and all that were agreed before, has grown by more than the
    policy leaves to one head. Several small changes are no way around it; taking away is never
    large. `agreed_minor`: what the changes agreed before come to, where the caller knows it.
    """
    if change.difference_minor <= 0:
        return False
    if agreed_minor is None:
        agreed_minor = promised_minor(award) - award.price_minor
    grown = agreed_minor + change.difference_minor
    return grown * 10_000 > award.price_minor * award.job.policy.large_change_basis_points


def signed_above(job: Job, price: Money, *, at: datetime) -> Money | None:
    """Return the amount above which a second head signs a choice, if this price is above it."""
    return first_below(price, choice_limits(job, at=at), on=at.date())


def choice_limits(job: Job, *, at: datetime) -> tuple[Money, ...]:
    """
    Return up to what a head chooses alone, the lowest in the job's currency first, and before it
    any without a rate: by finance's rules for the job, and by the limit for one job of the
    department, or of the nearest one above it that has any.
    """
    alone, limits = job.policy.choice_alone_minor, []
    if alone is not None:
        limits.append(Money(alone, job.department.currency))
    stated = None if job.policy.code == IMPORTED else limit_of(job.department, at=at)
    if stated is not None and stated.job_minor is not None:
        limits.append(Money(stated.job_minor, stated.department.currency))
    return tuple(sorted(limits, key=lambda limit: _worth(limit, job.currency, on=at.date())))


def first_below(price: Money, limits: Iterable[Money], *, on: date) -> Money | None:
    """Return the first of these limits that a price is above, in the currency of the limit."""
    for limit in limits:
        if rate_in_force(price.currency, limit.currency, on).of(price.minor) > limit:
            return limit
    return None


def _worth(limit: Money, currency: str, *, on: date) -> Fraction:
    """Return up to what price, in minor units of `currency`, a limit goes; -1 without a rate."""
    try:
        rate = rate_in_force(currency, limit.currency, on)
    except NoRate:
        return Fraction(-1)
    return Fraction(limit.minor * rate.denominator, rate.numerator)


def limit_of(department: Department, *, at: datetime) -> PublishingLimit | None:
    """Return the limit that stands for a department: its own, else the nearest one above it."""
    stated = PublishingLimit.objects.filter(department__in=department.lineage, stated_at__lte=at)
    rows = stated.select_related("department").order_by("stated_at", "pk")
    latest = {one.department_id: one for one in rows}
    return next((latest[each] for each in department.lineage if each in latest), None)


def published_above(job: Job, *, at: datetime) -> str:
    """
    Return why a second head signs the publication of this job now; nothing where one may. Where no
    rate tells what it would cost in the currency of the limit, a second one signs.
    """
    try:
        return _why_two(job, at)
    except NoRate as refusal:
        return f"{refusal.text} Until there is one, a second head signs."


def _why_two(job: Job, at: datetime) -> str:
    if job.policy.code == IMPORTED or (limit := limit_of(job.department, at=at)) is None:
        return ""
    currency, ceiling = limit.department.currency, job.ceiling
    if limit.job_minor is not None:
        most = Money(limit.job_minor, currency)
        if ceiling is None:
            return f"Without a ceiling, and with a limit of {most}, a second head signs."
        if _booked(ceiling, currency, at) > most:
            return f"Above {most}, a second head signs the publication."
    if limit.year_minor is not None:
        most = Money(limit.year_minor, currency)
        if ceiling is None:
            return f"Without a ceiling, and with a limit of {most} a year, a second head signs."
        whole = _booked(ceiling, currency, at)
        for earlier in _year_of(job, at):
            whole += _booked(earlier, currency, at)
        if whole > most:
            kind = job.category.name
            return f"With this job, {whole} of {kind} in twelve months: above {most}, two sign."
    return ""


def lock_publications(job: Job) -> None:
    """Let a department publish one job at a time: each counts those before it."""
    departments = Department.objects.select_for_update(no_key=True)
    departments.get(pk=job.department_id)


def waiting_publication(job: Job) -> PublicationWanted | None:
    """Return what a second head is asked to sign: the draft as it is now, and no older one."""
    if job.published_at is not None:
        return None
    waiting = PublicationWanted.objects.filter(job=job, answer=None)
    wanted = waiting.select_related("wanted_by").order_by("-wanted_at").first()
    return wanted if wanted is not None and is_as_sent(job, wanted) else None


def digest_to_sign(job: Job, estimate_minor: int | None) -> bytes:
    """
    Return the digest of all that a second head signs: what publication freezes, why one side alone
    is invited, and what is reserved.
    """
    waiver = bytes(job.waiver.digest).hex() if job.waiver else None
    parts = [fingerprint_of(job).hex(), waiver, estimate_minor]
    return sha256(json.dumps(parts, separators=(",", ":")).encode()).digest()


def is_as_sent(job: Job, wanted: PublicationWanted) -> bool:
    """Whether the draft is still, word for word, what was sent to the second head."""
    return bytes(wanted.draft_digest) == digest_to_sign(job, wanted.estimate_minor)


def _booked(amount: Money, currency: str, at: datetime) -> Money:
    return rate_in_force(amount.currency, currency, at.date()).of(amount.minor)


def _year_of(job: Job, at: datetime) -> Iterable[Money]:
    """
    Return the ceilings of the department's jobs of this kind published since twelve months before.
    One that was asked for later, and had the lock earlier, counts too.
    """
    earlier = Job.objects.filter(
        department=job.department_id,
        category=job.category_id,
        published_at__gt=at - timedelta(days=365),
        cancelled_at=None,
        ceiling_minor__isnull=False,
    )
    return (one.ceiling for one in earlier.exclude(pk=job.pk) if one.ceiling is not None)
