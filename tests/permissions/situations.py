"""The situations in which an operation has something to be about."""

from __future__ import annotations

from typing import Any

from tests.permissions.operations import Operation
from tests.permissions.world import WORDS, Ids

# Where a situation of a job says something that open, opened and foreign do not: by what an
# address names, or by a thing that it is about.
OF_A_CONTEST = (
    *("comparison", "evidence", "award", "decline", "debrief", "disqualification", "withdrawal"),
    *("questions/new", "rating", "work/end", "result", "agreement/consents", "scores"),
)
TOLD_APART = {
    "draft": (
        *("draft", "publication", "gaps", "files", "template", "opening/signature", "panel/"),
        *("jobs/<job_id>/$", "evidence", "award", "debrief", "questions/new", "comparison"),
        "jobs/<job_id>/restoration",
    ),
    "cosigned": ("publication",),
    "team's": ("provider_id", "bid_id"),
    "sealed": ("opening", "panel", "seat_id", *OF_A_CONTEST),
    "countersigned": ("wanted-choice",),
    "final": ("final",),
    "decided": (
        *("milestone_id", "delivery_id", "change_id", "dispute_id", "choice.pdf", "timeline"),
        *("objections", "opening", "panel/$", "work", *OF_A_CONTEST),
    ),
    "standstill": ("objection", "hearing"),
    "offered": ("offer_id",),
    "kept": ("release",),
}
# What an address is about, where its parts alone would not say it.
MEANT = {
    "wanted-choices/<wanted_id>": "countersigned",
    "wanted-publications/<wanted_id>": "cosigned",
    "retentions/<retention_id>": "kept",
    "milestones/<milestone_id>/release/": "kept",
    "hearings/<hearing_id>": "standstill",
}
# What a body is about, where the address names nothing.
SAID_IN_THE_BODY = {"POST api/v1/templates/": "decided"}


def situations(operation: Operation, ids: Ids) -> dict[str, dict[str, Any]]:
    """Return the situations in which an operation has something to be about, with the ids."""
    wanted = operation.parts - WORDS.keys()
    if not wanted:
        about = SAID_IN_THE_BODY.get(str(operation))
        return {"any": WORDS | ids.get(about or "", {}) | ids["own"]}
    own = ids["own"]
    about_jobs = wanted - own.keys()
    found = {}
    for name in _meant(operation, ids):
        here = _named(operation, ids[name])
        whole = WORDS | own | here
        if about_jobs and name == "own":
            continue
        if not about_jobs and name not in ("own", "foreign", "team's", *MEANT.values()):
            continue
        words = TOLD_APART.get(name)
        if words and not any(word in operation.address + "$" for word in words):
            continue
        if wanted <= whole.keys() and (name != "foreign" or wanted & here.keys()):
            found[name] = whole
    return found


def _meant(operation: Operation, ids: Ids) -> list[str]:
    meant = [name for words, name in MEANT.items() if words in operation.address and name in ids]
    return meant or list(ids)


def _named(operation: Operation, here: dict[str, Any]) -> dict[str, Any]:
    """Return the ids as this address calls them: files of jobs and of bids share a name."""
    if "answer/<what>" in operation.address:
        here = here | {"what": "suspension"}
    if "jobs/<job_id>/files/" in operation.address:
        here = {key: value for key, value in here.items() if key != "file_id"}
        if "job_file_id" in here:
            here["file_id"] = here["job_file_id"]
    return here
