"""The whole demonstration: a year behind, and the weeks that are under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from django.db import transaction

from ledger.commissioning import cancel_job, end_without_award
from ledger.demonstration import chapters, contests, playing, vendors
from ledger.demonstration.founding import Company, found
from ledger.demonstration.past import PAST, Past
from ledger.demonstration.playing import Play
from ledger.demonstration.present import PRESENT, Present
from ledger.demonstration.words import TEXTS
from ledger.disputing import raise_dispute
from ledger.models.awards import Award, Milestone
from marketplace.models.jobs import Job
from marketplace.money import Money


@transaction.atomic
def tell_history(*, now: datetime, say: Callable[[str], None]) -> Company:
    """Found the company and play its history up to `now`. All of it is kept, or nothing."""
    founded_at = now - timedelta(days=352)
    company = found(at=founded_at, until=now)
    chapters.state_the_rules(company, at=founded_at, now=now)
    vendors.introduce_vendors(company, at=founded_at)
    stories: list[Past | Present] = sorted(
        [*PAST, *PRESENT], key=lambda story: story.days_ago, reverse=True
    )
    for number, story in enumerate(stories, start=1):
        say(f"{number:>3} of {len(stories)}  {story.title}")
        play = Play(company, story, now.astimezone(UTC), Random(story.title))  # noqa: S311 - prices to look at
        if isinstance(story, Past):
            play_past(play, story)
        else:
            play_present(play, story)
    say(f"     {len(chapters.CHAPTERS)} chapters of the books, and the months are closed")
    contests.play_contests(company, now=now)
    chapters.play_chapters(company, now=now)
    vendors.play_vendors(company, now=now)
    return company


def play_past(play: Play, story: Past) -> None:
    """Play a job from its draft to both ratings."""
    job = playing.draft(play, days_open=9)
    playing.publish(play, job)
    _ask_and_answer(play, job)
    for days, code in enumerate(story.bidders, start=3):
        playing.bid(play, job, code, days=days)
    playing.open_all(play, job)
    playing.score(play, job)
    award = playing.choose(play, job)
    accepted_at = _deliver_all(play, story, award)
    playing.rate_provider(
        play,
        award,
        liked=story.liked,
        text=TEXTS[story.liked][PAST.index(story) % len(TEXTS[story.liked])],
        at=play.after(accepted_at, 2, 15, 30),
    )
    playing.rate_department(play, award, at=play.after(accepted_at, 4, 8, 50))


def play_present(play: Play, story: Present) -> None:
    """Play a job up to the point where it stands now."""
    job = playing.draft(play, days_open=story.days_open)
    for _act in _acts(play, story, job):
        pass


def _acts(play: Play, story: Present, job: Job) -> Iterator[None]:
    """What happens to a job, in order; it ends where the story stands today."""
    if story.until == "draft":
        return
    playing.publish(play, job)
    yield
    if story.until == "asked":
        playing.ask(
            play, job, story.bidders[0], "May we see the code as it reads in English today?"
        )
    else:
        _ask_and_answer(play, job)
    for days, code in enumerate(story.bidders, start=2):
        playing.bid(play, job, code, days=min(days, story.days_ago - 1))
    yield
    if story.until in {"open", "asked"}:
        return
    if story.until == "cancelled":
        cancel_job(
            actor=play.head,
            job_id=job.pk,
            reason="The station has let the rooms to somebody else.",
            at=play.at(9, 17),
        )
        return
    playing.open_all(play, job)
    if story.until == "not awarded":
        end_without_award(
            actor=play.head,
            job_id=job.pk,
            reason="Both answers send people from page to page. We write the forty answers first.",
            at=play.at(14, 16),
        )
        return
    playing.score(play, job)
    if story.until == "opened":
        return
    yield
    _work(play, story, playing.choose(play, job))


def _work(play: Play, story: Present, award: Award) -> None:
    """Play what was done so far of a job that is awarded."""
    first, second = _milestones(award)
    done = play.after(award.chosen_at, 5, 15)
    delivery = playing.deliver(play, first, done, "The plan is on your desk.")
    if story.until == "returned":
        missing = "The plan says nothing of the two rooms on the ground floor."
        playing.send_back(play, delivery, missing, play.after(done, 1, 10))
        return
    playing.accept(play, delivery, play.after(done, 1, 9, 20))
    if story.until == "in delivery":
        return
    waits = story.until == "delivered"
    handed_over = done + timedelta(days=6) if waits else play.after(done, 1, 16)
    delivery = playing.deliver(play, second, handed_over, "All done; see for yourself.")
    if story.until == "delivered":
        return
    accepted_at = play.after(done, 2, 11)
    playing.accept(play, delivery, accepted_at)
    if story.until == "disputed":
        raise_dispute(
            actor=play.head,
            milestone_id=second.pk,
            amount=Money.of(1_250, "EUR"),
            reason="Ninety envelopes carry a wrong name; they had to be written again by us.",
            at=play.after(accepted_at, 3, 9, 45),
        )
    else:
        playing.rate_department(play, award, at=play.after(accepted_at, 2, 17))


def _ask_and_answer(play: Play, job: Job) -> None:
    question = playing.ask(
        play, job, play.story.bidders[0], "Is the date fixed, or may we propose another one?"
    )
    playing.answer(play, question, "The date is fixed. The hours of the day are yours to propose.")


def _deliver_all(play: Play, story: Past, award: Award) -> datetime:
    """Deliver and accept both milestones; return when the last was accepted."""
    at = award.chosen_at
    for milestone in _milestones(award):
        assert milestone.due_on is not None
        late = timedelta(days=story.late_days - 1)
        at = datetime.combine(milestone.due_on, at.timetz()) + late
        if story.returned and milestone.position == 2:
            delivery = playing.deliver(play, milestone, at - timedelta(days=3))
            playing.send_back(play, delivery, story.returned, at - timedelta(days=2))
        delivery = playing.deliver(play, milestone, at)
        at += timedelta(days=2)
        playing.accept(play, delivery, at)
    return at


def _milestones(award: Award) -> list[Milestone]:
    return list(award.milestones.order_by("position"))
