"""The two that act without a person: the clock, and the importer of other systems' records."""

from functools import cache

from marketplace.models.people import CLOCK_ID, IMPORTER_ID, User

__all__ = ["CLOCK_ID", "IMPORTER_ID", "the_clock", "the_importer"]


@cache
def the_clock() -> User:
    """Return the actor of what happens because its time has come. A migration made it, for good."""
    return User.objects.get(pk=CLOCK_ID)


@cache
def the_importer() -> User:
    """Return the actor of what another system's record says that others did."""
    return User.objects.get(pk=IMPORTER_ID)
