"""
What each kind of notice is about. What binds its reader, what runs out by itself, and what guards
an account cannot be kept from the mail: whoever did not read it would lose by it.
"""

from marketplace.models.mailing import Topic

_KINDS = {
    Topic.WAITING: """
        budget.move_asked change.proposed choice.wanted correction.asked opening.waits
        panel.appointed panel.interest_declared payout.asked
        period.asked period.reopening_asked person.erasure_asked publication.wanted
        question.asked vendor.ready words.redaction_wanted
    """,
    Topic.WORK: """
        award.completed bid.opened bid.received choice.sent_back delivery.accepted hearing.replied
        invitation.declined job.extended job.final_bids_opened job.opened job.prices_opened
        job.published panel.agreed panel.left publication.sent_back question.answered
        rating.revealed
    """,
    Topic.MONEY: """
        budget.move_declined budget.moved correction.declined correction.signed payout.approved
        payout.declined payout.failed payout.not_back payout.part_reversed payout.refused
        payout.reversed payout.unknown price.stated recovery.settled repayment.noted
        retention.released top_up.refused
    """,
    Topic.COMPANY: """
        period.closed period.closing period.declined period.reopened period.stopped vendor.joined
        year.ended
    """,
    Topic.BINDING: """
        award.cancellation_offered award.cancelled award.debrief award.department award.made
        award.replaced award.withdrawn bid.disqualified change.agreed change.signed
        delivery.made delivery.not_accepted delivery.returned dispute.raised dispute.resolved
        hearing.given job.addendum job.cancelled job.final_round job.not_awarded
        log.checkpoint member.added member.left
        milestone.late_charge_allowed objection.decided objection.raised office.granted
        office.withdrawn panel.interest_answered payee.confirmed payee.set provider.restored
        provider.suspended record.wrong vendor.approved vendor.sent_back
    """,
}
TOPICS = {kind: topic for topic, kinds in _KINDS.items() for kind in kinds.split()}


def topic_of(kind: str) -> Topic:
    """Return what a kind of notice is about. One that is not known is mailed as what binds."""
    return TOPICS.get(kind, Topic.BINDING)
