"""
Which tables are the record, and how a row of each is told by a digest.

Whoever adds a table to the database names it here: in RECORD, and calls `ledger_watch_rows` in a
migration, or in NOT_RECORD with the reason. A test holds that against the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db import connection


@dataclass(frozen=True)
class RecordTable:
    """A table of the record. What is filled in later, or moves, has a digest of its own."""

    name: str
    key: str = "id"
    later: frozenset[str] = frozenset()
    # Which rows the record must know, in SQL over `t`: the others are still somebody's secret.
    when: str = "true"
    # Tables whose rows are part of this one's, each with its order: an entry's postings.
    lines: tuple[tuple[str, str], ...] = ()

    @property
    def fixed_columns(self) -> list[str]:
        return [name for name in columns_of(self.name) if name not in self.later]

    @property
    def later_columns(self) -> list[str]:
        return [name for name in columns_of(self.name) if name in self.later]

    @cached_property
    def key_type(self) -> str:
        return columns_of(self.name)[self.key]


OPENED = "EXISTS (SELECT FROM bids_opening AS o WHERE o.job_id = t.job_id)"
OPENED_BID = (
    "EXISTS (SELECT FROM bids_opening AS o JOIN bids_bid AS b ON b.job_id = o.job_id"
    " WHERE b.id = t.bid_id)"
)
PUBLISHED = (
    "EXISTS (SELECT FROM marketplace_job AS j WHERE j.id = t.job_id AND j.published_at IS NOT NULL)"
)
REVEALED = "EXISTS (SELECT FROM ledger_reveal AS r WHERE r.award_id = t.award_id)"


def _later(*names: str) -> frozenset[str]:
    return frozenset(names)


ENDED = _later("return_reason_id", "ended_by_id", "ended_at")
EVENTS = "marketplace_event"
JOURNAL = "ledger_journalentry"
WORDS = "marketplace_words"

RECORD = {
    table.name: table
    for table in (
        # Taken by its place in the log, after it was sealed: see recording.py.
        RecordTable(EVENTS),
        RecordTable(WORDS, later=_later("redacted_at"), when="t.redacted_at IS NOT NULL"),
        RecordTable("marketplace_redactionwanted"),
        RecordTable("marketplace_redaction", "wanted_id"),
        RecordTable("marketplace_policy"),
        RecordTable("marketplace_policyoffer"),
        RecordTable("marketplace_membership", later=_later("ended_at")),
        RecordTable("marketplace_officeheld", later=_later("ended_at")),
        RecordTable(
            "marketplace_job",
            when="t.published_at IS NOT NULL",
            later=_later(
                *("closes_at", "extended_at", "closed_at", "opened_at", "decided_at"),
                *("cancelled_at", "cancelled_by_id", "cancellation_id", "saved_at"),
                *("discarded_at", "discarded_by_id"),
            ),
        ),
        RecordTable("marketplace_criterion", when=PUBLISHED),
        RecordTable(
            "marketplace_invitation",
            when=PUBLISHED,
            later=_later("invited_at", "declined_at", "declined_by_id", "decline_reason_id"),
        ),
        RecordTable(
            "marketplace_question", later=_later("answer", "answered_by_id", "answered_at")
        ),
        RecordTable("marketplace_addendum"),
        RecordTable("marketplace_jobfile", when=PUBLISHED),
        RecordTable("marketplace_panelseat", later=_later("left_at", "left_reason_id")),
        RecordTable("marketplace_interest", "seat_id"),
        RecordTable("marketplace_interestanswer", "interest_id"),
        RecordTable("marketplace_vendorprofile"),
        RecordTable("marketplace_terms", "version"),
        RecordTable("marketplace_termsacceptance"),
        RecordTable("marketplace_vendordeclaration"),
        RecordTable("marketplace_vendoranswer"),
        RecordTable("marketplace_providersuspension", later=ENDED),
        RecordTable("marketplace_logepoch", "number"),
        RecordTable("marketplace_checkpoint", "size"),
        RecordTable("marketplace_checkpointcopy"),
        # Its keys are wrapped anew when the wrapping key is rotated.
        RecordTable("bids_bid", when=OPENED, later=_later("quality_key", "price_key", "key_name")),
        RecordTable("bids_bidaccess", when=OPENED_BID, later=_later("recorded_at")),
        RecordTable("bids_opening", "job_id"),
        RecordTable("bids_openinglimit"),
        RecordTable("bids_openingsignature"),
        RecordTable("bids_openedbid", "bid_id"),
        RecordTable("bids_openedprice", "bid_id"),
        RecordTable("bids_openedpriceline"),
        RecordTable("bids_disqualification", "bid_id"),
        RecordTable("bids_fewbids", "job_id"),
        RecordTable("bids_sealedroot", "job_id"),
        RecordTable("bids_score", later=_later("replaced_at")),
        RecordTable("bids_agreedscore", later=_later("replaced_at")),
        RecordTable("bids_consent"),
        RecordTable("bids_agreement", "job_id"),
        RecordTable("bids_finalround", "job_id"),
        RecordTable("bids_shortlisted", "bid_id"),
        RecordTable("bids_finalbid", "bid_id"),
        RecordTable("bids_finalopening", "round_id"),
        RecordTable("ledger_account"),
        RecordTable(
            "ledger_period",
            later=_later("opened_at", "closing_at", "closed_at", "closed_by_id"),
        ),
        RecordTable(JOURNAL, lines=(("ledger_posting", "line"), ("ledger_budgetmovement", "id"))),
        RecordTable("ledger_periodstep"),
        RecordTable("ledger_correction"),
        RecordTable("ledger_correctionanswer", "correction_id"),
        RecordTable("ledger_award"),
        RecordTable("ledger_noaward", "job_id"),
        RecordTable("ledger_milestone"),
        RecordTable("ledger_changeorder", later=_later("agreed_by_id", "agreed_at")),
        RecordTable("ledger_delivery"),
        RecordTable("ledger_acceptance", "delivery_id"),
        RecordTable("ledger_return", "delivery_id"),
        RecordTable("ledger_completion", "award_id"),
        RecordTable("ledger_dispute"),
        RecordTable("ledger_resolution", "dispute_id"),
        RecordTable("ledger_rating", when=REVEALED),
        RecordTable("ledger_reveal", "award_id"),
        RecordTable("ledger_precommitment", "job_id", later=_later("released_at")),
        RecordTable("ledger_estimatecarried"),
        RecordTable(
            "ledger_budgetline",
            later=_later(
                *("control", "tolerance_minor", "budget_minor", "carried_in_minor"),
                *("precommitted_minor", "committed_minor", "charged_minor"),
            ),
        ),
        RecordTable(
            "ledger_commitment",
            later=_later("original_minor", "adjusted_minor", "liquidated_minor", "released_minor"),
        ),
        RecordTable("ledger_override", "award_id"),
        RecordTable("ledger_standstill", "award_id"),
        RecordTable("ledger_objection"),
        RecordTable("ledger_ruling", "objection_id"),
        RecordTable("ledger_withdrawal", "award_id"),
        RecordTable("ledger_publishinglimit"),
        RecordTable("ledger_publicationwanted"),
        RecordTable("ledger_publicationanswer", "wanted_id"),
        RecordTable("ledger_hearing"),
        RecordTable("ledger_hearingreply", "hearing_id"),
        RecordTable("ledger_choicewanted"),
        RecordTable("ledger_choiceanswer", "wanted_id"),
        RecordTable("ledger_cancellationoffer"),
        RecordTable("ledger_cancellation", "award_id"),
        RecordTable("ledger_retention"),
        RecordTable("ledger_release", "retention_id"),
        RecordTable("ledger_changesignature", "change_id"),
        RecordTable("ledger_latecharge", "milestone_id"),
        RecordTable("ledger_bookingrate"),
        RecordTable("ledger_ratereason", "rate_id"),
        RecordTable("ledger_currencysettlement"),
        RecordTable("ledger_grant"),
        RecordTable("ledger_signinglimit"),
        RecordTable("ledger_movewanted"),
        RecordTable("ledger_moveanswer", "wanted_id"),
        RecordTable("ledger_teampricing"),
        RecordTable("ledger_modestated"),
        RecordTable("ledger_carryforward"),
        RecordTable("ledger_yearend"),
        RecordTable("ledger_recoverysettled"),
        RecordTable("ledger_outsidespend"),
        RecordTable("ledger_payee"),
        RecordTable("ledger_payeeconfirmation", "payee_id"),
        RecordTable("ledger_payeereading"),
        RecordTable("ledger_payoutlimit"),
        RecordTable("ledger_payout"),
        RecordTable("ledger_payoutpart"),
        RecordTable("ledger_payoutanswer", "payout_id"),
        RecordTable("ledger_payoutstep"),
        RecordTable("ledger_sendback", "payout_id"),
        RecordTable("ledger_repayment"),
        RecordTable("ledger_partwanted"),
        RecordTable("ledger_partback"),
        RecordTable("ledger_topup"),
        RecordTable("ledger_topupstep"),
        RecordTable("ledger_balancemovement"),
        RecordTable("ledger_movementmatch", "movement_id"),
        RecordTable("ledger_movementexception", "movement_id"),
        RecordTable("ledger_ledgerbatch", "number"),
        RecordTable("ledger_checkwish"),
        RecordTable("ledger_recordcheck"),
    )
}


def columns_of(table: str) -> dict[str, str]:
    """Return a table's columns with their types, in alphabetical order, derived ones left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = '' ORDER BY attname",
            [table],
        )
        return dict(cursor.fetchall())


def words_columns() -> set[tuple[str, str]]:
    """Return (table, column) of all that names words that a person wrote."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, a.attname FROM pg_constraint AS c"
            " JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
            " WHERE c.contype = 'f' AND c.confrelid = 'marketplace_words'::regclass"
        )
        return set(cursor.fetchall())


def digest_of(table: RecordTable, columns: list[str], words: set[tuple[str, str]]) -> str:
    """Return the SQL expression of the digest of these columns of `t`. Null: there is no row."""
    parts = [_value("t", table.name, column, words) for column in columns]
    for name, order in table.lines if columns else ():
        lines = ", ".join(_value("line", name, column, words) for column in columns_of(name))
        parts.append(
            f"(SELECT json_agg(json_build_array({lines}) ORDER BY line.{order})"  # noqa: S608
            f" FROM {name} AS line WHERE line.entry_id = t.{table.key})"
        )
    text = f"json_build_array({', '.join(parts)})::text"
    return f"CASE WHEN t.{table.key} IS NOT NULL THEN sha256(convert_to({text}, 'UTF8')) END"


def _value(alias: str, table: str, column: str, words: set[tuple[str, str]]) -> str:
    if (table, column) not in words:
        return f"{alias}.{column}"
    # Words may be redacted and still be proved: by their own salted digest.
    return (
        f"json_build_array({alias}.{column}, (SELECT json_build_array(w.digest,"  # noqa: S608
        f" w.written_at) FROM marketplace_words AS w WHERE w.id = {alias}.{column}))"
    )
