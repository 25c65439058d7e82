"""Many opened jobs in a moment: the rows of one that the verbs made, copied in the database."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import connection, transaction

from bids.models.bids import Bid

# Table, the column that names its row, and what differs in the copy. A bid arrives while its job
# is open, and is opened when it is closed: in between, the copied jobs are closed.
SEALED = (
    (
        "marketplace_job",
        "id",
        {
            "id": "new.job",
            "reference": "new.job::text::varchar(20)",
            "closed_at": "NULL",
            "opened_at": "NULL",
        },
    ),
    ("marketplace_invitation", "job_id", {"id": "gen_random_uuid()", "job_id": "new.job"}),
    (
        "bids_bid",
        "id",
        {"id": "new.bid", "job_id": "new.job", "reference": "new.bid::text::varchar(20)"},
    ),
)
OPENED = (
    ("bids_openedbid", "bid_id", {"bid_id": "new.bid"}),
    ("bids_openedprice", "bid_id", {"bid_id": "new.bid"}),
    ("bids_openedpriceline", "price_id", {"id": "gen_random_uuid()", "price_id": "new.bid"}),
)


def copied(bid: Bid, times: int) -> list[Bid]:
    """
    Return so many bids like this one, each the only one on a job of its own that is opened like
    its job. The role is `replay`. Criteria and scores are not copied: every copy may be chosen.
    """
    jobs, bids = [uuid4() for _ in range(times)], [uuid4() for _ in range(times)]
    with transaction.atomic(), connection.cursor() as cursor:
        for table, key, differs in SEALED:
            whose = bid.pk if table == "bids_bid" else bid.job_id
            _copy(table, key, whose, differs, jobs, bids)
        cursor.execute(
            "UPDATE marketplace_job SET closed_at = made.closed_at, opened_at = made.opened_at"
            " FROM marketplace_job AS made WHERE made.id = %s AND marketplace_job.id = ANY(%s)",
            [bid.job_id, jobs],
        )
        for table, key, differs in OPENED:
            _copy(table, key, bid.pk, differs, jobs, bids)
    made = Bid.objects.select_related("job").in_bulk(bids)
    return [made[id] for id in bids]


def _copy(
    table: str, key: str, whose: UUID, differs: dict[str, str], jobs: list[UUID], bids: list[UUID]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = ''",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
        values = ", ".join(differs.get(name, f"made.{name}") for name in columns)
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} AS made,"
            f" unnest(%s::uuid[], %s::uuid[]) AS new (job, bid) WHERE made.{key} = %s",
            [jobs, bids, whose],
        )
