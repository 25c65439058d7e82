"""Departments, teams, vendors, kinds of work and rules."""

from datetime import timedelta
from uuid import uuid4

import pytest

from marketplace.admission import (
    CategoryTaken,
    CostCentreTaken,
    NameMissing,
    NotACurrency,
    SourceKeyTaken,
    add_category,
    admit_vendor,
    register_department,
    register_team,
)
from marketplace.models.departments import Department
from marketplace.models.events import Event, Notice
from marketplace.models.providers import Provider
from marketplace.policies import (
    PolicyInThePast,
    PolicyStated,
    PolicyUnexplained,
    policy_in_force,
    state_policy,
)
from marketplace.refusals import Forbidden, ReasonMissing, Unknown
from marketplace.suspension import (
    AlreadySuspended,
    NotSuspended,
    restore_provider,
    suspend_provider,
)
from marketplace.system import the_importer
from tests.builders import DAY, NOON, refused


def register(actor, **changes):
    usual = {"name": "Sales", "cost_centre": "1300", "currency": "EUR"}
    return register_department(actor=actor, at=NOON, **(usual | changes))


def test_a_department_stands_below_another(cast):
    sales = register(cast.adam, parent_id=cast.marketing.pk)

    assert sales.lineage == [sales.pk, cast.marketing.pk, cast.house.pk]
    assert Event.objects.filter(kind="department.registered", subject_id=sales.pk).exists()


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name": " "}, NameMissing),
        ({"name": "x" * 201}, NameMissing),
        ({"cost_centre": "1100"}, CostCentreTaken),
        ({"cost_centre": ""}, CostCentreTaken),
        ({"currency": "Euro"}, NotACurrency),
        ({"parent_id": uuid4()}, Unknown),
    ],
)
def test_a_department_needs_a_name_a_cost_centre_and_a_currency(cast, changes, refusal):
    with refused(refusal):
        register(cast.adam, **changes)


def test_only_administrators_and_the_importer_let_anybody_in(cast):
    for actor in (cast.gerd, cast.maya, cast.fin, cast.ada, cast.pia):
        with refused(Forbidden):
            register(actor)
        with refused(Forbidden):
            register_team(actor=actor, name="T", department_id=cast.marketing.pk, at=NOON)
        with refused(Forbidden):
            admit_vendor(actor=actor, name="V", at=NOON)
        with refused(Forbidden):
            add_category(actor=actor, code="x", name="X", at=NOON)
    assert register(the_importer()).name == "Sales"


def test_a_team_is_in_house_and_a_vendor_is_not(cast):
    team = register_team(
        actor=cast.adam,
        name="Print shop",
        department_id=cast.services.pk,
        at=NOON,
        description="Prints.",
        category_ids=[cast.printing.pk, cast.events.pk],
    )
    vendor = admit_vendor(actor=cast.adam, name="Print Ltd", at=NOON)

    assert team.is_in_house
    assert not vendor.is_in_house
    assert set(team.categories.all()) == {cast.printing, cast.events}
    assert team.overhead_basis_points == 1200


def test_a_provider_needs_a_name_and_known_kinds_of_work(cast):
    with refused(NameMissing):
        admit_vendor(actor=cast.adam, name="", at=NOON)
    with refused(Unknown):
        admit_vendor(actor=cast.adam, name="V", at=NOON, category_ids=[uuid4()])
    with refused(Unknown):
        register_team(actor=cast.adam, name="T", department_id=uuid4(), at=NOON)


def test_what_another_system_names_comes_in_once(cast):
    register(cast.adam, source_key="buyer-1")
    admit_vendor(actor=cast.adam, name="V", at=NOON, source_key="tenderer-1")

    with refused(SourceKeyTaken):
        register(cast.adam, cost_centre="1400", source_key="buyer-1")
    with refused(SourceKeyTaken):
        admit_vendor(actor=cast.adam, name="V", at=NOON, source_key="tenderer-1")
    assert Department.objects.filter(source_key="buyer-1").count() == 1
    assert Provider.objects.filter(source_key="tenderer-1").count() == 1


def test_a_kind_of_work_has_one_code(cast):
    assert add_category(actor=cast.adam, code="translation", name="Translation", at=NOON)
    for code in ("events", "Capital", "two words", ""):
        with refused(CategoryTaken):
            add_category(actor=cast.adam, code=code, name="Again", at=NOON)
    with refused(NameMissing):
        add_category(actor=cast.adam, code="legal", name="", at=NOON)


def test_a_provider_is_suspended_and_restored_and_its_lead_is_told(cast):
    def act(verb, actor=cast.adam, **words):
        words = {"reason": "They do not answer.", "at": NOON} | words
        return verb(actor=actor, provider_id=cast.vera_co.pk, **words)

    with refused(ReasonMissing):
        act(suspend_provider, reason=" ")
    with refused(NotSuspended):
        act(restore_provider)
    act(suspend_provider)
    assert not Provider.objects.active().filter(pk=cast.vera_co.pk).exists()
    with refused(AlreadySuspended):
        act(suspend_provider)
    with refused(Forbidden):
        act(restore_provider, cast.vera)
    assert act(restore_provider).suspended_at is None
    told = Notice.objects.filter(recipient=cast.vera, kind__startswith="provider.")
    assert told.count() == 2


def test_suspending_is_the_administrators_and_of_a_vendor_finances_too(cast):
    words = {"reason": "They do not answer.", "at": NOON}
    with refused(Forbidden):
        suspend_provider(actor=cast.gerd, provider_id=cast.vera_co.pk, **words)
    with refused(Unknown):
        suspend_provider(actor=cast.adam, provider_id=uuid4(), **words)
    with refused(Forbidden):
        suspend_provider(actor=cast.fin, provider_id=cast.events_team.pk, **words)
    assert suspend_provider(actor=cast.fin, provider_id=cast.vera_co.pk, **words).suspended_at


def state(actor, **changes):
    usual = {
        "code": "standard",
        "in_force_on": NOON.date(),
        "explanation": "Small jobs quicker.",
        "budget_control": "hard",
        "minimum_days": 1,
        "needs_team_and_vendor": True,
    }
    return state_policy(actor=actor, at=NOON, **(usual | changes))


def test_rules_are_in_force_from_their_day_until_the_next(cast):
    earlier = policy_in_force("standard", NOON.date())
    newer = state(cast.fin, in_force_on=(NOON + DAY).date())

    assert policy_in_force("standard", NOON.date()) == earlier
    assert policy_in_force("standard", (NOON + 30 * DAY).date()) == newer
    with pytest.raises(Unknown):
        policy_in_force("standard", (NOON - timedelta(days=400)).date())


def test_rules_are_explained_stated_once_and_never_backwards(cast):
    with refused(PolicyUnexplained):
        state(cast.fin, explanation=" ")
    with refused(PolicyInThePast):
        state(cast.fin, in_force_on=(NOON - DAY).date())
    state(cast.adam)
    with refused(PolicyStated):
        state(cast.fin)
    for actor in (cast.gerd, cast.maya, cast.ada, cast.vera):
        with refused(Forbidden):
            state(actor, code="mine")


def test_the_importer_states_the_rules_of_past_records(cast):
    policy = state(the_importer(), code="imported", in_force_on=(NOON - 4000 * DAY).date())

    assert policy_in_force("imported", NOON.date()) == policy
