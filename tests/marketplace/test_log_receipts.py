"""Receipts: each party can prove what concerns it, to anybody, with one small file."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ledger.models.awards import Award
from marketplace.log import notes, receipts, verify
from marketplace.log.checkpoints import NotACheckpoint, latest_checkpoint, read_checkpoint
from marketplace.log.keys import signer, verifier_keys
from marketplace.log.receipts import NotALogSize, NotSealedYet, consistency, receipt, receipts_of
from marketplace.log.sealer import seal
from marketplace.models.events import Event
from marketplace.models.log import Checkpoint
from marketplace.refusals import Forbidden, Unknown
from tests.builders import DAY
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import CHOICE

LATER = CHOICE + 12 * DAY


@dataclass
class Story:
    cast: Cast
    award: Award


def the_teams_work(cast: Cast, as_role: Callable[[str], None]) -> Story:
    """Chosen, delivered, charged, rated by both sides, and sealed."""
    builders.grant(cast)
    award = builders.choose(cast, builders.contest(cast).team_bid)
    builders.finish(cast, award, at=LATER - 2 * DAY)
    builders.rate_as(cast, award, "department", at=LATER)
    builders.rate_as(cast, award, "provider", at=LATER + DAY)
    as_role("worker")
    seal(at=LATER)
    return Story(cast, award)


STORY = the_teams_work


@pytest.fixture
def story(told: Story, as_role: Callable[[str], None]) -> Story:
    as_role("web")
    return told


def event(kind: str) -> Event:
    found = Event.objects.filter(kind=kind).order_by("pk").first()
    assert found is not None, kind
    return found


@pytest.mark.parametrize("kind", ["bid.opened", "award.made", "delivery.accepted", "rating.given"])
def test_a_bid_an_award_a_charge_and_a_rating_are_proved_to_an_outsider(story: Story, kind):
    about = event(kind)

    paper = receipt(actor=story.cast.ada, event_id=about.pk)

    said = verify.check_receipt(paper.text, [verify.read_key(str(signer().verifier))])
    assert f"entry {paper.position} of the {paper.size}" in said
    assert f"kind: {kind}" in said
    assert len(paper.text.encode()) <= 2048
    lines = paper.text.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    extra = base64.b64decode(lines[1].removeprefix("extra "))
    assert (extra[:16].hex(), extra[16:].decode()) == (paper.salt, about.body)


def test_who_may_have_which_receipt(story: Story):
    cast, award = story.cast, story.award
    kinds = {
        person: {
            one.kind for one in receipts_of(actor=getattr(cast, person), subject_ids=[award.job_id])
        }
        for person in ("maya", "rolf", "pia", "paul", "vera", "otto", "fin", "ada", "adam", "sam")
    }

    assert {"job.published", "award.made", "delivery.accepted"} <= kinds["maya"]
    assert {"award.made", "delivery.accepted", "rating.given"} <= kinds["pia"] == kinds["paul"]
    assert "award.made" not in kinds["vera"] | kinds["otto"]
    assert {"award.made", "delivery.accepted"} <= kinds["fin"] <= kinds["ada"]
    assert kinds["rolf"] == kinds["adam"] == kinds["sam"] == set()


def test_what_is_not_yours_is_not_there(story: Story):
    made = event("award.made")
    for person in (story.cast.rolf, story.cast.vera, story.cast.adam):
        with pytest.raises(Unknown, match=r"^There is no such event\.$"):
            receipt(actor=person, event_id=made.pk)
    with pytest.raises(Unknown, match=r"^There is no such event\.$"):
        receipt(actor=story.cast.ada, event_id=999_999)


def test_what_was_recorded_a_moment_ago_is_not_sealed_yet(story: Story, as_role):
    as_role("replay")
    builders.grant(story.cast, "5", at=LATER)
    granted = Event.objects.latest("pk")

    with pytest.raises(NotSealedYet):
        receipt(actor=story.cast.fin, event_id=granted.pk)

    size = latest_checkpoint().size
    as_role("worker")
    seal(at=LATER + DAY)
    assert receipt(actor=story.cast.fin, event_id=granted.pk).position == size
    with pytest.raises(NotSealedYet):
        receipt(actor=story.cast.fin, event_id=granted.pk, size=size)


def test_a_later_record_is_proved_to_begin_with_an_earlier_one(story: Story, as_role):
    keys = [verify.read_key(str(key)) for key in verifier_keys()]
    before = latest_checkpoint()
    as_role("replay")
    builders.grant(story.cast, "5", at=LATER)
    as_role("worker")
    seal(at=LATER + DAY)

    proof = consistency(actor=story.cast.ada, from_size=before.size)

    assert (proof.from_size, proof.to_size) == (before.size, before.size + 1)
    said = verify.check_consistency(before.note, proof.text, keys)
    assert said.startswith(f"All {before.size} entries of the old checkpoint stand unchanged")
    with pytest.raises(NotALogSize):
        consistency(actor=story.cast.ada, from_size=proof.to_size + 1)
    with pytest.raises(Unknown):
        consistency(actor=story.cast.ada, from_size=1, to_size=2)
    with pytest.raises(Forbidden):
        consistency(actor=story.cast.rolf, from_size=1)


def test_after_a_change_of_keys_old_checkpoints_are_still_ours(story: Story, settings):
    old = latest_checkpoint().note
    before = str(signer().verifier)
    settings.LOG_KEY = base64.b64encode(bytes(range(7, 39))).decode()

    with pytest.raises(NotACheckpoint):
        read_checkpoint(old)

    settings.LOG_KEYS_BEFORE = [before]
    assert read_checkpoint(old).size == Checkpoint.objects.latest_first().first().size
    assert [str(key) for key in verifier_keys()][1:] == [before]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: note.replace("localhost/log\n", "localhost/Log\n", 1),
        lambda note: note.replace("\n\n", "\n", 1),
        lambda note: note[:-1],
        lambda note: note.replace("— localhost/log ", "— localhost/log A"),
        lambda note: note + "— x y\n",
        lambda note: "",
        lambda note: "\0" + note,
    ],
)
def test_an_altered_checkpoint_is_none(story: Story, spoil):
    note = latest_checkpoint().note
    assert read_checkpoint(note).size > 0

    with pytest.raises(NotACheckpoint):
        read_checkpoint(spoil(note))


def test_tiles_are_for_those_who_rebuild_the_tree(story: Story):
    size = latest_checkpoint().size
    tile = receipts.tile(actor=story.cast.ada, level=0, number=0)

    assert (len(tile.hashes), tile.is_complete) == (min(size, 256), size >= 256)
    for level, number in [(0, 9), (1, 9), (9, 0), (10**9, 0), (0, 10**18)]:
        with pytest.raises(Unknown):
            receipts.tile(actor=story.cast.ada, level=level, number=number)
    with pytest.raises(Forbidden):
        receipts.tile(actor=story.cast.maya, level=0, number=0)


def test_a_key_that_was_cut_is_refused():
    key = str(notes.Signer("example.org/log", bytes(32)).verifier)

    assert str(notes.VerifierKey.read(key)) == key
    for text in ("", "a+b", key[:-4], key.replace("example.org", "example.com"), " +" + key):
        with pytest.raises(notes.NotANote):
            notes.VerifierKey.read(text)


def test_the_moment_of_a_receipt_is_that_of_the_event(story: Story):
    paper = receipt(actor=story.cast.ada, event_id=event("award.made").pk)

    assert paper.happened_at == CHOICE
    assert json.loads(paper.body)["at"].startswith(f"{CHOICE:%Y-%m-%d}")
    assert story.award.chosen_at == CHOICE
