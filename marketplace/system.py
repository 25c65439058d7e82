"""The two that act without a person: the clock, and the importer of other systems' records."""

from marketplace.models.people import CLOCK_ID, IMPORTER_ID, User

__all__ = ["CLOCK_ID", "IMPORTER_ID", "the_clock", "the_importer"]


def the_clock() -> User:
    """Return the actor of what happens because its time has come."""
    return User.objects.get(pk=CLOCK_ID)


def the_importer() -> User:
    """Return the actor of what another system's record says that others did."""
    return User.objects.get(pk=IMPORTER_ID)
