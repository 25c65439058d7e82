"""What a person was told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marketplace.models.events import Notice
from marketplace.models.people import User


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    id: UUID
    kind: str
    text: str
    because: str
    told_at: datetime
    job_id: UUID | None
    subject_id: UUID | None


def notices(actor: User, *, limit: int = 100) -> list[NoticeFacts]:
    """Return what the person was told, the newest first."""
    told = Notice.objects.filter(recipient=actor).order_by("-told_at", "-pk")[:limit]
    return [
        NoticeFacts(**{name: getattr(one, name) for name in NoticeFacts.__slots__}) for one in told
    ]
