"""What was wanted: the sections `planning` and `tender` of a release."""

from __future__ import annotations

from ledger.exchange.ocds.export.contested import contested
from ledger.exchange.ocds.export.gathering import JobFile as File
from ledger.exchange.ocds.export.parties import Parties
from ledger.exchange.ocds.export.plain import Plain, day, moment, value
from ledger.exchange.ocds.export.sight import Sight
from marketplace.models.job_files import JobFile
from marketplace.models.jobs import Criterion, Invitation, Job, Mode, Procedure
from marketplace.models.questions import Question
from marketplace.money import Money

AWARD_CRITERIA = {
    Mode.QUALITY_TO_PRICE: "ratedCriteria",
    Mode.LOWEST_COST: "costOnly",
    Mode.FIXED_PRICE: "qualityOnly",
}
HOW = {
    Mode.QUALITY_TO_PRICE: "Lowest evaluated cost E = C − V·Q: the comparable cost C less the "
    "worth V of each of the quality points Q (0 to 100). The figure advises; the head of the "
    "department may choose any valid bid, and says why.",
    Mode.LOWEST_COST: "Lowest comparable cost. The figure advises; the head of the department "
    "may choose any valid bid, and says why.",
    Mode.FIXED_PRICE: "Best quality for the fixed price. The figure advises; the head of the "
    "department may choose any valid bid, and says why.",
}
PROCEDURES = {
    Procedure.QUICK: "Quick procedure: one envelope, the head compares and chooses.",
    Procedure.FORMAL: "Formal procedure: quality is scored before prices are opened.",
}
OCDS_CATEGORIES = ("goods", "works", "services")


def planning(file: File, sight: Sight) -> Plain:
    """Return the money that was set aside before anybody was asked."""
    reserved, department = file.reserved, file.job.department
    if reserved is None or not sight.knows_budget(file.job):
        return {}
    line = reserved.budget_line
    return {
        "budget": {
            "id": str(line.pk),
            "description": f"{department.name}, {line.fiscal_year}, cost centre "
            f"{department.cost_centre}",
            "amount": value(Money(reserved.amount_minor, line.currency)),
        }
    }


def wanted(file: File, parties: Parties, sight: Sight) -> Plain:
    """Return the job as it was published, with what was asked and changed since."""
    job = file.job
    bidders = {bid.provider_id: bid.provider for bid in file.bids}
    code = job.category.code
    return {
        "id": job.reference,
        "title": job.title,
        "description": job.need,
        "status": status(file),
        "procuringEntity": parties.department(job.department, "procuringEntity"),
        "value": value(job.ceiling) if sight.knows_ceiling(job) else None,
        "procurementMethod": _method(job, sight),
        "procurementMethodDetails": PROCEDURES[Procedure(job.procedure)],
        "procurementMethodRationale": _waiver(job, sight),
        "mainProcurementCategory": code if code in OCDS_CATEGORIES else "services",
        "awardCriteria": AWARD_CRITERIA[Mode(job.mode)],
        "awardCriteriaDetails": HOW[Mode(job.mode)],
        "submissionMethod": ["electronicSubmission"],
        "tenderPeriod": {"startDate": moment(job.published_at), "endDate": moment(job.closes_at)},
        "enquiryPeriod": {
            "startDate": moment(job.published_at) if job.questions_until else None,
            "endDate": moment(job.questions_until),
        },
        "awardPeriod": {"startDate": moment(job.opened_at), "endDate": moment(job.decided_at)},
        "contractPeriod": {"startDate": day(job.starts_on), "endDate": day(job.ends_on)},
        "hasEnquiries": bool(_enquiries(job, sight)),
        "enquiries": _enquiries(job, sight),
        "amendments": [
            {
                "id": f"{job.reference}-{addendum.number}",
                "date": moment(addendum.added_at),
                "description": addendum.text,
                "choicebook": {"closesAt": moment(addendum.closes_at)},
            }
            for addendum in job.addenda.all()
        ],
        "documents": [_document(one) for one in job.files.all()],
        "numberOfTenderers": len(bidders) if sight.knows_bidders(job) else None,
        "tenderers": [parties.provider(one, "tenderer") for one in bidders.values()],
        "choicebook": _ours(file, parties, sight),
    }


def _method(job: Job, sight: Sight) -> str:
    """Return whether one alone was asked, as far as the reader may know."""
    is_alone = sight.knows_invited(job) and len(job.invitations.all()) == 1
    return "direct" if is_alone else "limited"


def status(file: File) -> str:
    """Return where the procedure stands, in the words of OCDS."""
    if file.job.cancelled_at:
        return "cancelled"
    if file.no_award:
        return "unsuccessful"
    return "complete" if file.award else "active"


def _ours(file: File, parties: Parties, sight: Sight) -> Plain:
    job = file.job
    opening = getattr(job, "opening", None) if sight.knows_bidders(job) else None
    return {
        "procedure": job.procedure,
        "mode": job.mode,
        "policy": job.policy.code,
        "category": {"code": job.category.code, "name": job.category.name},
        "ceilingIsShown": job.shows_ceiling,
        "pointValue": None if job.point_minor is None else value(job.point_value),
        "bidsWanted": job.bids_wanted,
        "tooFewRule": job.too_few_rule,
        "fingerprint": bytes(job.fingerprint).hex() if job.fingerprint else None,
        "criteria": [_criterion(one) for one in job.criteria.all()],
        "invitations": [_invitation(one, parties) for one in job.invitations.all()]
        if sight.knows_invited(job)
        else [],
        "extendedAt": [moment(at) for at in job.extended_at],
        "openedAt": moment(job.opened_at),
        "bidsCounted": opening.bids_counted if opening else None,
        "receiptsMatched": opening.receipts_matched if opening else None,
        "cancelledAt": moment(job.cancelled_at),
        "cancellation": job.cancellation.text if job.cancellation else None,
        "sourceKey": job.source_key,
        **contested(job, file.contested, parties),
    }


def _criterion(criterion: Criterion) -> Plain:
    return {
        "id": str(criterion.pk),
        "name": criterion.name,
        "question": criterion.question,
        "weight": criterion.weight,
        "levels": list(criterion.levels),
        "knockOut": criterion.knock_out,
        "kind": criterion.kind,
    }


def _document(one: JobFile) -> Plain:
    """Return a file that bidders were given; its bytes stay in the house, its digest tells them."""
    return {
        "id": str(one.pk),
        "documentType": "biddingDocuments",
        "title": one.name,
        "format": one.kind,
        "datePublished": moment(one.addendum.added_at if one.addendum else one.job.published_at),
        "choicebook": {
            "sha256": bytes(one.sha256).hex(),
            "size": one.size,
            "amendment": f"{one.job.reference}-{one.addendum.number}" if one.addendum else None,
        },
    }


def _invitation(invitation: Invitation, parties: Parties) -> Plain:
    reason = invitation.decline_reason
    return {
        "id": str(invitation.pk),
        "provider": parties.provider(invitation.provider, "invitedProvider"),
        "date": moment(invitation.invited_at),
        "declinedAt": moment(invitation.declined_at),
        "declineReason": reason.text if reason else None,
    }


def _enquiries(job: Job, sight: Sight) -> list[Plain]:
    """Questions and answers. Who asked is told to nobody."""
    asked: list[Question] = list(job.questions.all())
    return [
        {
            "id": str(one.pk),
            "date": moment(one.asked_at),
            "description": one.text,
            "answer": one.answer,
            "dateAnswered": moment(one.answered_at),
        }
        for one in asked
        if one.answered_at or sight.buys(job)
    ]


def _waiver(job: Job, sight: Sight) -> str | None:
    return job.waiver.text if job.waiver and sight.knows_invited(job) else None
