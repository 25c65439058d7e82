"""A job's life as an OCDS release: what it tells, and to whom."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bids.models.bids import LineKind
from ledger.books import check_books
from ledger.cancelling import agree_cancellation, offer_cancellation
from ledger.changing import agree_change, propose_change, sign_change
from ledger.commissioning import cancel_job, end_without_award
from ledger.crediting import resolve_dispute
from ledger.disputing import raise_dispute
from ledger.exchange.ocds.export import exporting
from ledger.exchange.ocds.export.exporting import ExportFilter, ocds_releases
from ledger.exchange.ocds.export.packaging import NothingToExport, ocds_file
from ledger.exchange.ocds.export.plain import as_json
from ledger.granting import grant_budget
from ledger.models.awards import MoneyView, ReasonCode
from ledger.models.objections import WithdrawalCause
from ledger.models.ratings import Again, RatingSide
from ledger.overriding import override_choice
from marketplace.membership import add_member
from marketplace.models.jobs import Mode, Procedure, TooFewRule
from marketplace.questions import answer_question, ask_question
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY, DEADLINE, HOUR, NOON, eur, refused
from tests.ledger.builders import (
    CHOICE,
    accept,
    bid_of,
    choose,
    contest,
    finish,
    grant,
    milestones,
    open_job,
    publish,
    rate_as,
    submit,
)
from tests.ledger.exchange.ocds_rules import OURS

LATER = CHOICE + 60 * DAY


def told_to(person, **only):
    return list(ocds_releases(actor=person, only=ExportFilter(**only)))


def the_release(person):
    (release,) = told_to(person)
    return release


def spread_read_by(person):
    return {one["id"]: one for one in the_release(person)["bids"]["statistics"]}


def offers(release):
    return {one["tenderers"][0]["name"]: one for one in release["bids"]["details"]}


def value(amount):
    return {"amount": Decimal(amount), "currency": "EUR"}


def test_a_whole_life_is_told_with_every_figure(cast):
    grant(cast)
    made = contest(cast, estimate="42000", vendor=("15000", "20000", "5000"), team=("44000",))
    award = choose(cast, made.vendor_bid)
    first, second, third = milestones(award)
    change = propose_change(
        actor=cast.maya, milestone_id=third.pk, difference=eur("5000"),
        reason="A second tent.", at=CHOICE + DAY,
    )  # fmt: skip
    sign_change(actor=cast.gerd, change_id=change.pk, at=CHOICE + DAY)
    agree_change(actor=cast.vera, change_id=change.pk, at=CHOICE + 2 * DAY)
    accept(cast, first, at=CHOICE + 10 * DAY)
    accept(cast, second, at=CHOICE + 20 * DAY)
    dispute = raise_dispute(
        actor=cast.maya, milestone_id=second.pk, amount=eur("6000"),
        reason="Half of the lamps were missing.", at=CHOICE + 22 * DAY,
    )  # fmt: skip
    resolve_dispute(
        actor=cast.fin, dispute_id=dispute.pk, credit=eur("4000"),
        reason="Two of three claims hold.", at=CHOICE + 25 * DAY,
    )  # fmt: skip
    accept(cast, third, amount="8000", at=CHOICE + 30 * DAY)

    release = the_release(cast.ada)

    assert release["ocid"] == f"ocds-choice-{made.job.reference}"
    assert release["tag"] == ["planning", "tender", "award", "contract", "implementation"]
    assert release["planning"]["budget"]["amount"] == value("42000.00")
    assert release["tender"]["value"] == value("45000.00")
    assert release["tender"]["status"] == "complete"
    criteria = release["tender"]["choicebook"]["criteria"]
    assert [(one["name"], one["weight"]) for one in criteria] == [("Idea", 60), ("Care", 40)]
    assert {name: one["value"] for name, one in offers(release).items()} == {
        "Events": value("44000.00"),
        "Vera & Co": value("40000.00"),
    }
    (chosen,) = release["awards"]
    assert chosen["value"] == value("40000.00")
    assert chosen["relatedBids"] == [made.vendor_bid.reference]
    assert chosen["choicebook"]["reason"] == "Their idea for the rain convinced us."
    assert chosen["choicebook"]["decisiveCriterion"]["name"] == "Idea"
    assert chosen["choicebook"]["feeBasisPoints"] == 200

    (contract,) = release["contracts"]
    assert contract["status"] == "terminated"
    assert contract["value"] == value("45000.00")
    assert contract["amendments"][0]["choicebook"]["difference"] == value("5000.00")
    assert charges(contract) == [
        ("work", Decimal("15000.00"), "charged"), ("fee", Decimal("300.00"), "charged"),
        ("work", Decimal("20000.00"), "charged"), ("fee", Decimal("400.00"), "charged"),
        ("work", Decimal("-4000.00"), "credited"), ("fee", Decimal("-80.00"), "credited"),
        ("work", Decimal("8000.00"), "charged"), ("fee", Decimal("160.00"), "charged"),
    ]  # fmt: skip
    assert contract["choicebook"]["charged"] == value("39780.00")
    (contested,) = contract["choicebook"]["disputes"]
    assert (contested["value"], contested["credit"]) == (value("6000.00"), value("4000.00"))
    assert check_books().wrong == ()


def charges(contract):
    told = contract["implementation"]["transactions"]
    assert all(one["payer"]["name"] == "Marketing" for one in told)
    works = [one for one in told if one["choicebook"]["kind"] == "work"]
    assert {one["payee"]["name"] for one in works} == {"Vera & Co"}
    assert not any("payee" in one for one in told if one not in works)
    return [
        (one["choicebook"]["kind"], one["value"]["amount"], one["choicebook"]["event"])
        for one in told
    ]


def test_an_override_tells_both_choices_and_who_pays_the_difference(cast):
    grant(cast)
    grant_budget(
        actor=cast.fin, department_id=cast.house.pk, fiscal_year=2026,
        amount=eur("20000"), at=NOON - DAY, grant_id=uuid4(),
    )  # fmt: skip
    made = contest(cast, vendor=("16000", "20000", "9000"))
    first = choose(cast, made.team_bid)
    award = override_choice(
        actor=cast.gerd, job_id=made.job.pk, bid_id=made.vendor_bid.pk, reason_code="capacity",
        reason="The team is needed at the fair.", followed_view="charged", at=CHOICE + DAY,
        decisive_criterion_id=made.job.criteria.get(name="Idea").pk,
    )  # fmt: skip
    accept(cast, milestones(award)[0], at=CHOICE + 10 * DAY)

    release = the_release(cast.ada)

    overridden, stands = release["awards"]
    assert (overridden["id"], overridden["status"]) == (str(first.pk), "cancelled")
    assert overridden["value"] == value("40000.00")
    assert stands["suppliers"][0]["name"] == "Vera & Co"
    override = stands["choicebook"]["override"]
    assert override["overriddenAward"] == overridden["id"]
    assert (override["payer"]["name"], override["difference"]) == ("House", value("5000.00"))
    (contract,) = release["contracts"]
    told = contract["implementation"]["transactions"]
    paid = Counter()
    for one in told:
        paid[one["payer"]["name"]] += one["value"]["amount"]
    assert paid == {"Marketing": Decimal("14506.66"), "House": Decimal("1813.34")}
    assert contract["choicebook"]["charged"] == value("16320.00")
    mine = the_release(cast.maya)["contracts"][0]["implementation"]["transactions"]
    assert {one["payer"]["name"] for one in mine} == {"Marketing"}
    assert check_books().wrong == ()


def test_work_that_was_called_off_tells_its_fee(cast):
    grant(cast)
    award = choose(cast, contest(cast).vendor_bid)
    offer = offer_cancellation(
        actor=cast.maya, award_id=award.pk, fee=eur("1200"), reason="The yard is sold.",
        at=CHOICE + DAY,
    )  # fmt: skip
    agree_cancellation(actor=cast.vera, offer_id=offer.pk, at=CHOICE + 2 * DAY)

    release = the_release(cast.ada)

    (contract,) = release["contracts"]
    assert contract["status"] == "terminated"
    assert contract["choicebook"]["cancellation"]["fee"] == value("1200.00")
    assert contract["choicebook"]["cancellation"]["reason"] == "The yard is sold."
    (fee,) = contract["implementation"]["transactions"]
    assert (fee["choicebook"]["kind"], fee["value"]) == ("cancellationFee", value("1200.00"))
    assert release["date"] == contract["choicebook"]["cancellation"]["date"]
    assert check_books().wrong == ()


def test_a_team_is_marked_and_its_work_is_a_chargeback(cast):
    grant(cast)
    made = contest(cast)
    award = choose(cast, made.team_bid)
    accept(cast, milestones(award)[0], at=CHOICE + DAY)

    release = the_release(cast.ada)

    parties = {one["name"]: one for one in release["parties"]}
    assert parties["Events"]["choicebook"]["kind"] == "team"
    assert parties["Events"]["choicebook"]["department"]["name"] == "Services"
    assert parties["Services"]["roles"] == ["teamDepartment"]
    assert parties["Vera & Co"]["choicebook"] == {"kind": "vendor"}
    assert {"supplier", "payee", "tenderer"} <= set(parties["Events"]["roles"])
    told = release["contracts"][0]["implementation"]["transactions"]
    assert [one["choicebook"]["account"] for one in told] == ["5100", "5300"]
    assert all(one["choicebook"]["isChargeback"] for one in told)


class TestWhoReadsWhat:
    def test_before_the_opening_nobody_finds_a_trace_of_a_bid(self, cast):
        grant(cast)
        job = publish(cast)
        before = {person.pk: as_json(told_to(person)) for person in readers(cast)}
        bid = submit(cast, job, cast.vera_co, bid_of(["34121.37"]))

        for person in readers(cast):
            told = as_json(told_to(person))
            assert told == before[person.pk]
            assert "34121.37" not in told
            assert bid.reference not in told

        open_job(job)
        assert "34121.37" in as_json(told_to(cast.maya))

    def test_finance_reads_the_chosen_bid_and_of_two_no_rival_price(self, cast):
        grant(cast)
        made = contest(cast, team=("31000",), vendor=("33000",))
        assert "value" not in offers(the_release(cast.fin))["Vera & Co"]
        choose(cast, made.vendor_bid)

        release = the_release(cast.fin)

        assert offers(release)["Vera & Co"]["value"] == value("33000.00")
        rival = offers(release)["Events"]
        assert set(rival) == {"id", "date", "status", "submissionType", "tenderers", "variant"}
        assert "31000" not in as_json(release)
        assert "31000" in as_json(the_release(cast.ada))

    def test_finance_reads_the_spread_of_three_once_it_is_decided(self, cast):
        grant(cast)
        job = publish(cast)
        for provider, price in [
            (cast.events_team, "31000"),
            (cast.vera_co, "33000"),
            (cast.otto_co, "35000"),
        ]:
            submit(cast, job, provider, bid_of([price]))
        open_job(job)
        assert "lowestValidBidValue" not in spread_read_by(cast.fin)
        assert "lowestValidBidValue" in spread_read_by(cast.ada)
        choose(cast, job.bids.get(provider=cast.events_team))

        figures = spread_read_by(cast.fin)

        assert figures["lowestValidBidValue"]["value"] == Decimal("31000.00")
        assert figures["highestValidBidValue"]["value"] == Decimal("35000.00")
        assert figures["bidders"]["value"] == 3

    def test_a_hidden_ceiling_and_the_estimate_are_the_departments_and_finances(self, cast):
        grant(cast)
        job = publish(cast, estimate="42000", shows_ceiling=False, point=eur("200"))

        for person, knows in [(cast.maya, True), (cast.fin, True), (cast.ada, False)]:
            release = the_release(person)
            assert ("value" in release["tender"]) is knows
            assert ("planning" in release) is knows
        open_job(job)
        assert the_release(cast.ada)["tender"]["value"] == value("45000.00")

    def test_an_auditor_who_sits_with_a_bidder_reads_no_bid(self, cast):
        grant(cast)
        contest(cast)
        add_member(
            actor=cast.adam, user_id=cast.ada.pk, role="member",
            provider_id=cast.events_team.pk, at=LATER,
        )  # fmt: skip

        assert "bids" not in the_release(cast.ada)
        assert "bids" in the_release(cast.maya)

    def test_a_head_gets_the_departments_own_and_those_below(self, cast):
        publish_one(cast)

        assert len(told_to(cast.maya)) == len(told_to(cast.rolf)) == len(told_to(cast.gerd)) == 1
        assert told_to(cast.sam) == []
        assert len(told_to(cast.gerd, department_id=cast.house.pk, include_children=True)) == 1
        assert told_to(cast.fin, department_id=cast.services.pk) == []
        with refused(Unknown):
            told_to(cast.sam, department_id=cast.marketing.pk)

    @pytest.mark.parametrize("name", ["pia", "vera", "adam"])
    def test_bidders_and_administrators_get_none(self, cast, name):
        publish_one(cast)

        with refused(Forbidden):
            ocds_releases(actor=getattr(cast, name))

    def test_who_asked_is_told_to_nobody(self, cast):
        job = publish_one(cast)
        question = ask_question(
            actor=cast.vera, job_id=job.pk, provider_id=cast.vera_co.pk,
            text="Is there power in the yard?", at=NOON + HOUR,
        )  # fmt: skip
        assert "enquiries" in the_release(cast.maya)["tender"]
        assert "enquiries" not in the_release(cast.ada)["tender"]
        answer_question(
            actor=cast.rolf, question_id=question.pk, answer="Yes, 32 A.", at=NOON + DAY
        )

        (told,) = the_release(cast.ada)["tender"]["enquiries"]

        assert told["answer"] == "Yes, 32 A."
        assert "author" not in told

    def test_ratings_are_told_after_the_reveal_and_their_words_not_to_finance(self, cast):
        grant(cast)
        award = choose(cast, contest(cast).vendor_bid)
        finish(cast, award)
        rate_as(cast, award, "department", text="They sang in the rain.", at=LATER - 28 * DAY)
        assert "ratings" not in the_release(cast.ada)["awards"][0]["choicebook"]
        rate_as(cast, award, "provider", at=LATER - 27 * DAY)

        ratings = the_release(cast.ada)["awards"][0]["choicebook"]["ratings"]

        assert [one["side"] for one in ratings] == ["department", "provider"]
        assert ratings[0]["text"] == "They sang in the rain."
        assert "sang" in as_json(the_release(cast.maya))
        assert "sang" not in as_json(the_release(cast.fin))

    def test_no_person_is_named(self, cast):
        grant(cast)
        finish(cast, choose(cast, contest(cast).vendor_bid))

        told = as_json(the_release(cast.ada)).replace("Vera & Co", "")

        assert not [name for name in ("Maya", "Rolf", "Vera", "Pia", "Gerd") if name in told]


def readers(cast):
    return [cast.maya, cast.rolf, cast.gerd, cast.fin, cast.ada]


def publish_one(cast):
    grant(cast)
    return publish(cast)


class TestEndings:
    def test_a_cancelled_job_says_why_and_tells_of_no_bid(self, cast):
        job = publish_one(cast)
        submit(cast, job, cast.vera_co, bid_of(["34000"]))
        cancel_job(actor=cast.maya, job_id=job.pk, reason="No yard.", at=DEADLINE - HOUR)

        release = the_release(cast.ada)

        assert release["tender"]["status"] == "cancelled"
        assert release["tender"]["choicebook"]["cancellation"] == "No yard."
        assert "bids" not in release

    def test_a_job_without_a_choice_says_why(self, cast):
        grant(cast)
        job = contest(cast).job
        end_without_award(actor=cast.maya, job_id=job.pk, reason="We stay at home.", at=CHOICE)

        release = the_release(cast.ada)

        assert release["tender"]["status"] == "unsuccessful"
        assert release["awards"][0]["status"] == "unsuccessful"
        assert release["awards"][0]["description"] == "We stay at home."
        assert release["tag"] == ["tender", "award"]


class TestReleases:
    def test_the_same_words_are_the_same_release_and_new_ones_another(self, cast):
        grant(cast)
        made = contest(cast)
        first = the_release(cast.ada)
        assert the_release(cast.ada) == first

        choose(cast, made.vendor_bid)

        second = the_release(cast.ada)
        assert second["ocid"] == first["ocid"]
        assert second["id"] != first["id"]
        assert second["date"] > first["date"]

    def test_only_what_changed_since_is_told(self, cast):
        grant(cast)
        choose(cast, contest(cast).vendor_bid)

        assert len(told_to(cast.ada, since=CHOICE)) == 1
        assert told_to(cast.ada, since=CHOICE + timedelta(seconds=1)) == []

    def test_more_jobs_need_no_more_questions_to_the_database(self, cast):
        def asked():
            with CaptureQueriesContext(
                connection,
            ) as queries:
                told_to(cast.ada)
            return len(queries)

        grant(cast)
        finish(cast, choose(cast, contest(cast).vendor_bid))
        one = asked()
        finish(cast, choose(cast, contest(cast).vendor_bid))
        assert asked() == one

    def test_a_few_jobs_are_read_at_a_time(self, cast, monkeypatch):
        monkeypatch.setattr(exporting, "AT_ONCE", 1)
        grant(cast)
        first, second = publish(cast), publish(cast, at=NOON + HOUR)
        told = ocds_releases(actor=cast.ada)

        assert next(told)["tender"]["id"] == first.reference
        cancel_job(actor=cast.maya, job_id=second.pk, reason="No yard.", at=DEADLINE - HOUR)

        assert [one["tender"]["status"] for one in told] == ["cancelled"]

    def test_an_amount_keeps_every_digit(self):
        amounts = ["7341219.37", "90071992547409.93", "0.10", "-4000.00", "1000000000000000"]

        assert as_json([Decimal(one) for one in amounts]) == f"[{','.join(amounts)}]"

    def test_a_package_of_nothing_is_refused_and_no_lines_are_none(self, cast):
        with refused(NothingToExport):
            ocds_file(actor=cast.ada, at=NOON)
        assert list(ocds_file(actor=cast.ada, at=NOON, form="lines")) == []


class TestTheCommand:
    def test_it_writes_what_an_auditor_may_read(self, cast):
        grant(cast)
        contest(cast)
        out = StringIO()

        call_command("export_ocds", ndjson=True, stdout=out)

        assert json.loads(out.getvalue(), parse_float=Decimal) == the_release(cast.ada)

    def test_it_writes_what_a_person_may_read(self, cast):
        publish_one(cast)
        out = StringIO()

        call_command("export_ocds", "--as", "maya@house.example", stdout=out)

        assert len(json.loads(out.getvalue())["releases"]) == 1
        with pytest.raises(CommandError, match="No published job"):
            call_command("export_ocds", "--as", "sam@house.example")
        with pytest.raises(CommandError, match="Nobody signs in"):
            call_command("export_ocds", "--as", "nobody@house.example")

    def test_it_says_what_it_cannot_do(self, db):
        with pytest.raises(CommandError, match="--out"):
            call_command("export_ocds", gzip=True)
        with pytest.raises(CommandError, match="no day"):
            call_command("export_ocds", "--since", "yesterday")


@pytest.mark.parametrize(
    ("codelist", "codes"),
    [
        ("Procedure", Procedure.values),
        ("Mode", Mode.values),
        ("TooFewRule", TooFewRule.values),
        ("LineKind", LineKind.values),
        ("ReasonCode", ReasonCode.values),
        ("MoneyView", MoneyView.values),
        ("RatingSide", RatingSide.values),
        ("Again", Again.values),
        ("WithdrawalCause", WithdrawalCause.values),
    ],
)
def test_our_codelists_are_the_codes_of_the_house(codelist, codes):
    """A new code goes into the list and into the `enum` of `release-schema.json`."""
    name = f"choicebook{codelist}.csv"
    with (OURS / "codelists" / name).open(encoding="utf-8") as file:
        assert [row["Code"] for row in csv.DictReader(file)] == codes
    definitions = json.loads((OURS / "release-schema.json").read_text())["definitions"]
    fields = [field for one in definitions.values() for field in one["properties"].values()]
    (enum,) = (field["enum"] for field in fields if field.get("codelist") == name)
    assert enum == [*codes, None]
