"""A person's name is taken away when they ask, and nothing else breaks."""

from __future__ import annotations

import pytest

from ledger.record_check import verify_record
from ledger.recording import record_rows
from marketplace.erasing import (
    ErasureAsked,
    ErasureNotAsked,
    OwnErasure,
    StillSeated,
    ask_erasure,
    erase_person,
    waiting_erasures,
)
from marketplace.log.sealer import seal
from marketplace.membership import end_membership
from marketplace.models.events import Event
from marketplace.models.people import Membership
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY, NOON, a_published_job, refused
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def leave(cast: Cast) -> None:
    """Rolf leaves Marketing."""
    seat = Membership.objects.current().get(user=cast.rolf)
    end_membership(actor=cast.adam, membership_id=seat.pk, at=NOON + DAY)


def test_who_asks_and_has_left_is_a_number_afterwards(cast: Cast) -> None:
    job = a_published_job(cast)
    ask_erasure(actor=cast.rolf, at=NOON)
    assert [(one.name, one.is_seated) for one in waiting_erasures(cast.adam)] == [("Rolf", True)]
    assert waiting_erasures(cast.fin) == ()
    leave(cast)

    gone = erase_person(actor=cast.adam, user_id=cast.rolf.pk, at=NOON + 2 * DAY)

    gone.refresh_from_db()
    assert (gone.name, gone.email) == (
        f"Erased person {str(gone.pk)[:8]}",
        f"{gone.pk}@erased.invalid",
    )
    assert not gone.is_active
    assert not gone.has_usable_password()
    assert waiting_erasures(cast.adam) == ()
    job.refresh_from_db()
    assert job.author_id == gone.pk, "what they did stays theirs"
    last = Event.objects.filter(kind="person.erased").get()
    assert (last.actor, last.subject_id) == (cast.adam, gone.pk)
    assert "Rolf" not in "".join(Event.objects.values_list("body", flat=True))


def test_the_record_holds_without_the_name(cast: Cast) -> None:
    a_published_job(cast)
    ask_erasure(actor=cast.rolf, at=NOON)
    leave(cast)
    erase_person(actor=cast.adam, user_id=cast.rolf.pk, at=NOON + 2 * DAY)

    record_rows(at=NOON + 2 * DAY)
    seal(at=NOON + 2 * DAY)

    assert verify_record().wrong == ()


def test_nobody_is_erased_against_their_will_or_at_work(cast: Cast) -> None:
    for actor, who, refusal in (
        (cast.fin, cast.rolf, Forbidden),
        (cast.adam, cast.rolf, ErasureNotAsked),
        (cast.adam, cast.adam, OwnErasure),
        (cast.adam, cast.house, Unknown),
    ):
        with refused(refusal):
            erase_person(actor=actor, user_id=who.pk, at=NOON)
    ask_erasure(actor=cast.rolf, at=NOON)
    with refused(ErasureAsked):
        ask_erasure(actor=cast.rolf, at=NOON)
    with refused(StillSeated):
        erase_person(actor=cast.adam, user_id=cast.rolf.pk, at=NOON)
    cast.rolf.refresh_from_db()
    assert cast.rolf.name == "Rolf"
