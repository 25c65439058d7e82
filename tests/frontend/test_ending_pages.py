"""The pages of what follows a choice: overriding it, signing, ending early, releasing, leave."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from ledger.delivering import return_delivery
from ledger.granting import grant_budget
from ledger.models.awards import Award
from ledger.models.cancellations import Cancellation, CancellationOffer
from ledger.models.retentions import Release
from ledger.models.signatures import ChangeSignature, LateCharge
from tests.builders import DAY, NOON, eur
from tests.cast import Cast
from tests.frontend.conftest import SignIn
from tests.frontend.words import said
from tests.ledger.builders import CHOICE, accept, choose, contest, deliver, milestones
from tests.ledger.test_retention import state_careful_policy


@pytest.fixture
def cast(company: Cast) -> Cast:
    """A refusal ends a transaction: these tests stand in real ones."""
    return company


def board(client: Client, award: Award) -> str:
    return said(client.get(reverse("board", args=[award.job_id])))


@pytest.fixture
def award(cast: Cast, maya: Client) -> Award:
    """Vera & Co was chosen at 40,000.00."""
    return choose(cast, contest(cast).vendor_bid)


def test_a_head_above_overrides_and_the_board_says_who_pays(
    cast: Cast, maya: Client, as_person: SignIn
) -> None:
    grant_budget(
        actor=cast.fin,
        department_id=cast.house.pk,
        fiscal_year=NOON.year,
        amount=eur("20000"),
        at=NOON,
        grant_id=uuid4(),
    )
    here = contest(cast, vendor=("16000", "20000", "9000"))
    choose(cast, here.team_bid)
    gerd = as_person(cast.gerd)
    compare = reverse("comparison", args=[here.job.pk])
    assert "Override…" in said(gerd.get(compare))
    assert "Override…" not in said(maya.get(compare))
    address = reverse("override", args=[here.job.pk, here.vendor_bid.pk])

    shown = said(gerd.get(address))
    assert "House pays the difference" in shown
    assert "5,000.00" in shown
    first = here.job.criteria.order_by("position")[0]
    form = {"reason_code": "capacity", "reason": "The team is needed at the fair."}
    form |= {"followed_view": "charged", "decisive_criterion_id": str(first.pk)}
    answer = gerd.post(address, form)

    assert answer.status_code == 302, said(answer)
    award = Award.objects.get()
    assert (award.provider, award.chosen_by) == (cast.vera_co, cast.gerd)
    told = board(maya, award)
    assert "Gerd replaced the choice of Maya" in told
    assert "House pays the difference of" in told
    assert "Choice overridden" in said(maya.get(reverse("timeline", args=[here.job.pk])))


def test_an_override_that_is_refused_stands_on_its_page(
    cast: Cast, maya: Client, as_person: SignIn
) -> None:
    here = contest(cast, vendor=("16000", "20000", "9000"))
    choose(cast, here.team_bid)
    address = reverse("override", args=[here.job.pk, here.vendor_bid.pk])

    answer = maya.post(address, {"reason_code": "price", "reason": "No."})
    assert answer.status_code in {403, 422}
    assert Award.objects.get().provider == cast.events_team


def test_a_large_change_is_signed_by_a_second_head(
    cast: Cast, award: Award, maya: Client, as_person: SignIn
) -> None:
    vera, gerd = as_person(cast.vera), as_person(cast.gerd)
    milestone = milestones(award)[0]
    vera.post(
        reverse("change", args=[award.job_id, milestone.pk]),
        {"difference": "5000.00", "reason": "A second stage."},
    )
    change = award.change_orders.get()
    assert "Sign as the second head…" in board(maya, award)
    refused = maya.post(reverse("change-agree", args=[award.job_id, change.pk]))
    assert refused.status_code == 409

    assert "Sign as the second head…" in board(gerd, award)
    gerd.post(reverse("change-sign", args=[award.job_id, change.pk]))
    maya.post(reverse("change-agree", args=[award.job_id, change.pk]))

    assert ChangeSignature.objects.get().signed_by == cast.gerd
    change.refresh_from_db()
    assert change.agreed_by == cast.maya


def test_work_is_ended_by_both_sides_for_a_fee(
    cast: Cast, award: Award, maya: Client, as_person: SignIn
) -> None:
    vera = as_person(cast.vera)
    assert "End the work here…" in board(maya, award)
    asked = maya.post(
        reverse("work-end", args=[award.job_id]), {"fee": "4000", "reason": "The fair is off."}
    )
    assert asked.status_code == 302, said(asked)
    offer = CancellationOffer.objects.get()
    assert "Waits for the other side" in board(maya, award)
    assert "Agree to end it…" in board(vera, award)
    address = reverse("work-end-agree", args=[award.job_id, offer.pk])

    assert "4,000.00" in said(vera.get(address))
    assert vera.post(address).status_code == 302

    assert Cancellation.objects.get().agreed_by == cast.vera
    told = board(maya, award)
    assert "Both sides called this work off" in told
    assert "Called off" in told
    assert "Hand over…" not in board(vera, award)


def test_a_fee_that_is_too_high_is_said_beside_its_field(
    cast: Cast, award: Award, maya: Client
) -> None:
    answer = maya.post(
        reverse("work-end", args=[award.job_id]), {"fee": "40000.01", "reason": "The fair is off."}
    )

    assert answer.status_code == 422
    assert "up to the EUR 40,000.00" in said(answer)
    assert "The fair is off." in answer.content.decode()


def test_what_is_kept_back_is_shown_and_released_by_the_head(
    cast: Cast, maya: Client, as_person: SignIn
) -> None:
    state_careful_policy(cast)
    award = choose(cast, contest(cast, policy_code="careful").vendor_bid)
    accept(cast, milestones(award)[0], at=CHOICE + DAY)
    assert "Kept back" in board(maya, award)
    assert "750.00" in board(as_person(cast.vera), award)
    assert "Release what is kept back…" not in board(as_person(cast.vera), award)
    address = reverse("release", args=[award.job_id, milestones(award)[0].pk])

    assert "750.00" in said(maya.get(address))
    assert maya.post(address).status_code == 302

    assert Release.objects.get().amount_minor == 750_00
    assert "released:" in board(maya, award)


def test_finance_gives_leave_to_charge_late(
    cast: Cast, award: Award, maya: Client, as_person: SignIn, now: datetime
) -> None:
    milestone = milestones(award)[0]
    delivery = deliver(cast, milestone, at=CHOICE + DAY)
    return_delivery(
        actor=cast.rolf, delivery_id=delivery.pk, missing="The roof.", at=CHOICE + 2 * DAY
    )
    fin, address = as_person(cast.fin), reverse("late-charge", args=[award.job_id, milestone.pk])
    assert "To be charged by" in board(maya, award)
    assert "Allow a late charge…" not in board(maya, award)
    late = as_person(cast.vera).post(reverse("deliver", args=[award.job_id, milestone.pk]), {})
    assert "Ask finance to allow it." in said(late)

    assert "Allow a late charge…" in board(fin, award)
    assert fin.post(address, {"reason": "The storm."}).status_code == 302

    assert LateCharge.objects.get().allowed_by == cast.fin
