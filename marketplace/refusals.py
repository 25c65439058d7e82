"""
The ways the domain says no.

A refusal is an answer, not an accident: its text may be shown to the person who asked.
Anything else that is raised is a bug and must reach the log.
"""


class Refusal(Exception):
    """The rules do not allow this."""

    code = "refused"
    field: str | None = None  # the input it is about, so that a form can point at it

    @property
    def text(self) -> str:
        """What to tell the person."""
        return str(self)


class Unknown(Refusal):
    """There is no such thing, or it is not yours to see."""

    code = "unknown"


class Forbidden(Refusal):
    """You may see it, but this is not yours to do."""

    code = "forbidden"


class ReasonMissing(Refusal):
    """Whoever decides something that others bear says why."""

    code = "reason_missing"
    field = "reason"


class NotOpened(Refusal):
    """Nobody judges a bid, or decides on one, before it is opened."""

    code = "not_opened"


def require(allowed: bool, text: str = "You are not allowed to do this.") -> None:
    """Refuse unless a permission rule said yes."""
    if not allowed:
        raise Forbidden(text)
