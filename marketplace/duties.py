"""What the clock does here: the outbox is mailed, and answers kept long enough are dropped."""

from datetime import datetime

from marketplace.answers import forget_answers
from marketplace.notices import send_due_notices


def run(*, at: datetime) -> dict[str, int]:
    """Do what is due, and return how much of each was done."""
    return {"notices_sent": send_due_notices(at=at), "answers_forgotten": forget_answers(at=at)}
