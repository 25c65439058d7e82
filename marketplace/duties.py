"""
What the clock does here: the outbox is mailed, answers kept long enough are dropped, and drafts
thrown away long ago, and what was recorded is sealed.
"""

from datetime import datetime

from marketplace.answers import forget_answers
from marketplace.discarding import forget_drafts
from marketplace.letters import send_due_digests, send_due_notices
from marketplace.log import copies, sealer
from marketplace.messaging import lay_out_messages, send_due_messages
from marketplace.vendor_links import send_due_invitations


def run(*, at: datetime) -> dict[str, int]:
    """Do what is due, and return how much of each was done."""
    return {
        "notices_sent": send_due_notices(at=at),
        "digests_sent": send_due_digests(at=at),
        "invitations_sent": send_due_invitations(at=at),
        "answers_forgotten": forget_answers(at=at),
        "drafts_forgotten": forget_drafts(at=at),
    }


def send_webhooks(*, at: datetime) -> dict[str, int]:
    """Lay out what was sealed for each address that asked for it, and send what is due."""
    return {
        "messages_laid_out": lay_out_messages(at=at),
        "messages_taken": send_due_messages(at=at),
    }


def seal(*, at: datetime) -> dict[str, int]:
    """Seal what was recorded and send copies of the checkpoint out of the house."""
    return {"events_sealed": sealer.seal(at=at), **copies.send_due_copies(at=at)}
