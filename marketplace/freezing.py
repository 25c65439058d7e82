"""The fingerprint of a job: what bidders were told when it was published, in 32 bytes."""

import json
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from marketplace.compiled import Kept
from marketplace.history import moment
from marketplace.models.jobs import Criterion, CriterionKind, Invitation, Job


def fingerprint_of(job: Job) -> bytes:
    """Return SHA-256 of the canonical text of all that publication freezes."""
    text = json.dumps(frozen(job), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).digest()


def frozen(job: Job) -> dict[str, Any]:
    """Return what may not change after publication without an addendum."""
    files = [
        {"id": str(one.pk), "name": one.name, "size": one.size, "sha256": bytes(one.sha256).hex()}
        for one in job.files.filter(addendum=None).order_by("pk")
    ]
    # Only where there are any, so that a job without has the fingerprint that it always had.
    return ({"files": files} if files else {}) | {
        "v": 1,
        "id": str(job.pk),
        "reference": job.reference,
        "department": str(job.department_id),
        "category": str(job.category_id),
        "policy": str(job.policy_id),
        "title": job.title,
        "need": job.need,
        "procedure": str(job.procedure),
        "mode": str(job.mode),
        "currency": job.currency,
        "ceiling": job.ceiling_minor,
        "shows_ceiling": job.shows_ceiling,
        "point": job.point_minor,
        "starts_on": job.starts_on.isoformat() if job.starts_on else None,
        "ends_on": job.ends_on.isoformat() if job.ends_on else None,
        "questions_until": moment(job.questions_until) if job.questions_until else None,
        "closes_at": moment(job.closes_at) if job.closes_at else None,
        "bids_wanted": job.bids_wanted,
        "too_few_rule": str(job.too_few_rule),
        "criteria": [
            {
                "id": str(criterion.pk),
                "name": criterion.name,
                "question": criterion.question,
                "weight": criterion.weight,
                "levels": criterion.levels,
                "knock_out": criterion.knock_out,
            }
            # Only where nobody judges it, for the same reason.
            | ({} if criterion.kind == CriterionKind.JUDGED else {"kind": str(criterion.kind)})
            for criterion in _criteria.all(job.pk)
        ],
        "invited": sorted(str(provider) for provider in _invited.all(job.pk)),
    }


@Kept
def _criteria(job: UUID) -> QuerySet[Criterion]:
    return Criterion.objects.filter(job=job).order_by("position")


@Kept
def _invited(job: UUID) -> QuerySet[Invitation, UUID]:
    return Invitation.objects.filter(job=job).values_list("provider_id", flat=True)
