"""Which objections a person may decide, asked for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from ledger.models.awards import Award
from ledger.models.signatures import ChoiceAnswer
from ledger.reports.reading import Reader
from marketplace.models.jobs import Invitation
from marketplace.models.panels import PanelSeat
from marketplace.models.people import Membership, Role
from marketplace.models.providers import Provider
from marketplace.sides import bidding_sides
from marketplace.together import together


def decidable(reader: Reader, awards: Iterable[Award]) -> set[UUID]:
    """
    Return to which of these awards the reader may decide an objection: what
    `may_decide_objection` says of one, of all of them, in as many statements for a hundred.
    """
    known = {award.pk: award for award in awards}
    if not known or not reader.user.is_active:
        return set()
    jobs = {award.job_id: award.job for award in known.values()}
    me = reader.user.pk
    seats, signed, judged, asked = together(
        lambda: list(
            Membership.objects.current().filter(user=me).values_list("department", "role")
        ),
        lambda: set(
            ChoiceAnswer.objects.filter(award__in=known, answered_by=me).values_list(
                "award", flat=True
            )
        ),
        lambda: set(PanelSeat.objects.filter(job__in=jobs, user=me).values_list("job", flat=True)),
        lambda: list(
            Invitation.objects.filter(job__in=jobs).values_list("job", "provider", "declined_at")
        ),
    )
    heads = {department for department, role in seats if role == Role.HEAD}
    own = {department for department, _ in seats}
    theirs = {job for job, provider, _ in asked if provider in reader.providers}
    found = Provider.objects.filter(pk__in={provider for _, provider, _ in asked})
    providers = {one.pk: one for one in found.select_related("department")}
    sides = bidding_sides(
        {
            job: [providers[one] for of, one, no in asked if of == job.pk and no is None]
            for job in jobs.values()
        }
    )
    return {
        award.pk
        for award in known.values()
        if (reader.audits or heads & set(award.department.lineage[1:]))
        and me not in {award.chosen_by_id, award.job.author_id, award.job.published_by_id}
        and award.pk not in signed
        and award.job_id not in judged | theirs
        and award.department_id not in own
        and me not in sides[award.job_id]
    }
