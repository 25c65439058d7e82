"""Whether a fact is there: wholly, or not at all. And never twice."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from ledger.books import check_books, one_moment
from marketplace.log import merkle
from marketplace.models.log import Checkpoint, LogLeaf

# Each fact by what names it, and how many of each trace of it there are. All ones is a fact.
TRACES = {
    "granted": """
        SELECT e.source, 1, (
            SELECT count(*) FROM marketplace_event
            WHERE kind = 'budget.granted' AND body::jsonb ->> 'amount_minor' = (
                SELECT sum(debit_minor)::text FROM ledger_posting WHERE entry_id = e.id
            )
        ) FROM ledger_journalentry AS e WHERE e.kind = 'budget_granted'
        UNION ALL
        SELECT NULL, count(DISTINCT body::jsonb ->> 'amount_minor'), count(*)
        FROM marketplace_event WHERE kind = 'budget.granted' HAVING
            count(*) <> (SELECT count(*) FROM ledger_journalentry WHERE kind = 'budget_granted')
    """,
    "chosen": """
        SELECT j.id, (SELECT count(*) FROM ledger_award WHERE job_id = j.id),
            (SELECT count(*) FROM marketplace_event WHERE job_id = j.id AND kind = 'award.made'),
            (
                SELECT count(*) FROM ledger_journalentry AS e
                JOIN ledger_award AS a ON a.id = e.source
                WHERE a.job_id = j.id AND e.kind = 'awarded'
            ),
            (
                SELECT count(*) FROM ledger_commitment AS c
                JOIN ledger_award AS a ON a.id = c.award_id
                WHERE a.job_id = j.id AND c.original_minor > 0
            ),
            (j.decided_at IS NOT NULL)::int
        FROM marketplace_job AS j
    """,
    "delivered": """
        SELECT a.job_id, count(d.id), (
            SELECT count(*) FROM marketplace_event
            WHERE job_id = a.job_id AND kind = 'delivery.made'
        )
        FROM ledger_award AS a JOIN ledger_milestone AS m ON m.award_id = a.id
        LEFT JOIN ledger_delivery AS d ON d.milestone_id = m.id GROUP BY a.id
    """,
    "accepted": """
        SELECT a.job_id, count(x.delivery_id), (
            SELECT count(*) FROM marketplace_event
            WHERE job_id = a.job_id AND kind = 'delivery.accepted'
        ), (
            SELECT count(*) FROM marketplace_event
            WHERE job_id = a.job_id AND kind = 'award.completed'
        ), (
            SELECT count(*) FROM ledger_journalentry WHERE kind = 'charged' AND source = d.id
        ), (SELECT count(*) FROM ledger_completion WHERE award_id = a.id)
        FROM ledger_award AS a JOIN ledger_milestone AS m ON m.award_id = a.id
        JOIN ledger_delivery AS d ON d.milestone_id = m.id
        LEFT JOIN ledger_acceptance AS x ON x.delivery_id = d.id GROUP BY a.id, d.id
    """,
    "proposed": """
        SELECT c.id, 1, (
            SELECT count(*) FROM marketplace_event
            WHERE subject_id = c.id AND kind = 'change.proposed'
        ) FROM ledger_changeorder AS c
    """,
    "agreed": """
        SELECT c.id, (c.agreed_at IS NOT NULL)::int, (
            SELECT count(*) FROM marketplace_event
            WHERE subject_id = c.id AND kind = 'change.agreed'
        ), (
            SELECT count(*) FROM ledger_journalentry WHERE kind = 'changed' AND source = c.id
        ) FROM ledger_changeorder AS c
    """,
}


def what_is_wrong(acknowledged: Iterable[tuple[str, str]]) -> list[str]:
    """Return each fact that is lost, half or doubled, and where the books do not hold."""
    wrong, there = [], set[tuple[str, str]]()
    with one_moment(), connection.cursor() as cursor:
        for kind, sql in TRACES.items():
            cursor.execute(sql)
            for name, *counts in cursor.fetchall():
                if len(set(counts)) > 1 or max(counts) > 1:
                    wrong.append(f"half or doubled: {kind} {name}, traces {counts}")
                elif counts[0]:
                    there.add((kind, str(name)))
        wrong += what_is_wrong_with_the_log()
        there |= {("sealed", f"{size}:{root.hex()}") for size, root in checkpoints()}
        lost = sorted(set(acknowledged) - there, key=str)
        wrong += [f"lost: {kind} {name} was acknowledged" for kind, name in lost]
        wrong += [f"the books: {words}" for words in check_books().wrong]
    return wrong


def checkpoints() -> list[tuple[int, bytes]]:
    found = Checkpoint.objects.order_by("size").values_list("size", "root")
    return [(size, bytes(root)) for size, root in found]


# What a checkpoint says is sealed, and is not: a transaction behind the watermark that is over.
LEFT_OUT = """
SELECT count(*) FROM marketplace_event AS e
WHERE NOT EXISTS (SELECT FROM marketplace_logleaf WHERE event_id = e.id)
    AND (e.epoch, e.written_in, e.id) < (
        SELECT w.epoch, w.written_in, w.id FROM marketplace_logleaf AS l
        JOIN marketplace_event AS w ON w.id = l.event_id ORDER BY l.position DESC LIMIT 1
    )
"""


def what_is_wrong_with_the_log() -> list[str]:
    """Return where the tree is not the one that every checkpoint ever made speaks of."""
    leaves = [
        bytes(leaf) for leaf in LogLeaf.objects.order_by("position").values_list("leaf", flat=True)
    ]
    wrong = []
    for size, root in checkpoints():
        if size > len(leaves) or merkle.root(leaves[:size]) != root:
            wrong.append(f"the log: its first {size} leaves are not those of the checkpoint")
            break
    with connection.cursor() as cursor:
        cursor.execute(LEFT_OUT)
        (left_out,) = cursor.fetchone()
    if left_out:
        wrong.append(f"the log: {left_out} events were passed over")
    return wrong
