"""What one box finds: jobs, providers, people and entries, of those that the reader may see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.contrib.postgres.search import (
    SearchQuery,
    SearchVector,
    TrigramSimilarity,
    TrigramWordSimilarity,
)
from django.db import connection
from django.db.models import Exists, F, OrderBy, OuterRef, Q

from ledger.models.journal import JournalEntry, Posting
from ledger.models.years import OutsideSpend
from ledger.reports.journal import ALL, entries_read_by, entry_rows
from ledger.reports.reading import Reader, reader_of
from ledger.reports.states import State, noted, with_state
from marketplace.models.departments import Department
from marketplace.models.jobs import Invitation, Job
from marketplace.models.people import Membership, Office, User
from marketplace.models.providers import Provider

EACH = 8  # of each kind; whoever wants more goes to the list
WORDS_MAX = 8
TEXT_MAX = 200
WORD = re.compile(r"\w+")
# As the index has it: without a language, because people write in several.
JOB_WORDS = SearchVector("title", "need", config="simple")
TITLE_WORDS = SearchVector("title", config="simple")


@dataclass(frozen=True, slots=True)
class FoundJob:
    job_id: UUID
    reference: str
    title: str
    department_name: str
    state: State


@dataclass(frozen=True, slots=True)
class FoundProvider:
    provider_id: UUID
    name: str
    is_in_house: bool
    department_name: str


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person at one of their places; the place is where they are listed."""

    name: str
    role: str
    place_name: str
    department_id: UUID | None
    provider_id: UUID | None


@dataclass(frozen=True, slots=True)
class FoundEntry:
    entry_id: UUID
    kind_label: str
    effective_on: date
    about: str  # the job, else what was noted


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, a few of each kind, the closest first."""

    asked: str
    jobs: tuple[FoundJob, ...] = ()
    providers: tuple[FoundProvider, ...] = ()
    people: tuple[FoundPerson, ...] = ()
    entries: tuple[FoundEntry, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.jobs or self.providers or self.people or self.entries)


def search(*, actor: User, words: str, at: datetime) -> Findings:
    """
    Return what matches the words, also half a word or one misspelt, of what the actor may see.

    Bids are not searched at all: nobody finds one here, sealed or open.
    """
    text = " ".join(words.replace("\0", " ").split())[:TEXT_MAX]
    if not WORD.search(text):
        return Findings(text)
    reader = reader_of(actor)
    _forgive_a_slip()
    jobs = _jobs(reader, text, at)
    return Findings(
        asked=text,
        jobs=jobs,
        providers=_providers(reader, text),
        people=_people(reader, text),
        entries=_entries(reader, text, jobs),
    )


def _forgive_a_slip() -> None:
    """Let a word with one wrong letter be like the right one: the usual measure is stricter."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', '0.45', false)")


def _jobs(reader: Reader, text: str, at: datetime) -> tuple[FoundJob, ...]:
    """
    Return jobs that have the words, those with all of them in the title first; only where these
    are few, those whose title is like them.
    """
    query = SearchQuery(_query(text), config="simple", search_type="raw")
    titled = Q(titled=query)
    # That the words are in either is asked of all: the index knows both together.
    in_words = Q(told=query) & _whose_words_are_read(reader, titled=titled)
    named = Q(reference__startswith=text.upper())
    like = Q(TrigramWordSimilar(F("title"), text))
    jobs = with_state(Job.objects.visible_to(reader.user), at=at, reader=reader)
    jobs = jobs.select_related("department").alias(told=JOB_WORDS, titled=TITLE_WORDS)
    jobs = jobs.alias(has_title=titled)
    closest = (F("has_title").desc(), *_closest("title", text))
    jobs = jobs.order_by(*closest, "-drafted_at", "pk")
    found = list(jobs.filter(named | in_words)[:EACH])
    if len(found) < EACH:
        known = [job.pk for job in found]
        found += jobs.filter(like).exclude(pk__in=known)[: EACH - len(found)]
    return tuple(
        FoundJob(job.pk, job.reference, job.title, job.department.name, State(noted(job, "state")))
        for job in found
    )


def _whose_words_are_read(reader: Reader, *, titled: Q) -> Q:
    """
    The jobs of which the reader knows all the words: an administrator knows the title alone, and
    finds a job of others where that has them all.
    """
    if Office.ADMINISTRATOR not in reader.offices or reader.reads_all_books:
        return Q()
    invited = Invitation.objects.filter(job=OuterRef("pk"), provider__in=reader.providers)
    return (
        titled
        | Q(department__in=reader.departments)
        | Q(Exists(invited))
        | Q(pk__in=Job.objects.filter(panel__user=reader.user, panel__left_at=None).values("pk"))
    )


def _providers(reader: Reader, text: str) -> tuple[FoundProvider, ...]:
    found = Provider.objects.visible_to(reader.user).select_related("department")
    found = found.filter(_named("name", text))
    return tuple(
        FoundProvider(
            one.pk, one.name, one.is_in_house, one.department.name if one.department else ""
        )
        for one in found.order_by(*_closest("name", text), "name", "pk")[:EACH]
    )


def _people(reader: Reader, text: str) -> tuple[FoundPerson, ...]:
    """Return people where the reader finds them listed. A vendor tells itself who works for it."""
    departments = Department.objects.visible_to(reader.user)
    providers = Provider.objects.visible_to(reader.user)
    if Office.ADMINISTRATOR not in reader.offices:
        providers = providers.filter(Q(department__isnull=False) | Q(pk__in=reader.providers))
    seats = Membership.objects.current().filter(
        Q(department__in=departments.values("pk")) | Q(provider__in=providers.values("pk")),
        _named("user__name", text) | Q(user__email__istartswith=text),
    )
    seats = seats.select_related("user", "department", "provider")
    return tuple(
        FoundPerson(
            name=one.user.name,
            role=one.role,
            place_name=str(one.department or one.provider),
            department_id=one.department_id,
            provider_id=one.provider_id,
        )
        for one in seats.order_by(*_closest("user__name", text), "user__name", "pk")[:EACH]
    )


def _entries(reader: Reader, text: str, jobs: tuple[FoundJob, ...]) -> tuple[FoundEntry, ...]:
    """Return entries by their id, by the job they concern, or by the document of a payment."""
    wanted = Q(public_id=id) if (id := _id(text)) else Q(pk__in=())
    if jobs:
        of_jobs = Posting.objects.filter(award__job__in=[job.job_id for job in jobs])
        wanted |= Q(pk__in=of_jobs.values("entry_id"))
    if reader.reads_all_books:
        wanted |= Q(source__in=OutsideSpend.objects.filter(document__iexact=text).values("pk"))
    found: list[JournalEntry] = list(
        entries_read_by(reader, ALL).filter(wanted).order_by("-pk")[:EACH]
    )
    rows = entry_rows(found, reader)
    return tuple(
        FoundEntry(
            row.entry_id,
            row.kind_label,
            row.effective_on,
            next((line.job_title for line in row.lines if line.job_title), row.memo),
        )
        for row in rows
    )


def _closest(field: str, text: str) -> tuple[OrderBy, OrderBy]:
    """The words somewhere in it; of those that hold them alike, the one that holds least else."""
    return TrigramWordSimilarity(text, field).desc(), TrigramSimilarity(field, text).desc()


def _named(field: str, text: str) -> Q:
    return Q(TrigramWordSimilar(F(field), text)) | Q(**{f"{field}__icontains": text})


def _query(text: str) -> str:
    """Return the words as PostgreSQL's query: each may be the beginning of a longer one."""
    words = WORD.findall(text)[:WORDS_MAX]
    return " & ".join(f"'{word}':*" for word in words)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
