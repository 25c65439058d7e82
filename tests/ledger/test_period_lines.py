"""A department's line of a closed month, as a file that an outsider checks."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from ledger.closing import begin_closing, close_period
from ledger.reports.period_lines import line_files
from ledger.reports.period_seal import NotSealed
from marketplace.log import verify
from marketplace.log.keys import signer
from marketplace.log.receipts import NotSealedYet
from marketplace.log.sealer import seal
from marketplace.refusals import Forbidden, Unknown
from tests.builders import NOON
from tests.cast import Cast
from tests.ledger import builders
from tests.ledger.builders import after

MARCH, IN_APRIL = 202603, after(202603)


@pytest.fixture
def company(founded) -> Cast:
    """Marketing was granted 100,000.00 in March, and the month is closed."""
    cast = founded
    builders.grant(cast, at=NOON)
    begin_closing(actor=cast.fin, period_id=MARCH, at=IN_APRIL)
    close_period(actor=cast.fin, period_id=MARCH, at=IN_APRIL)
    return cast


def test_each_line_proves_itself_and_the_seal_in_the_record(company: Cast, as_role):
    cast = company
    words = {"period_id": MARCH, "department_id": cast.marketing.pk}
    with pytest.raises(NotSealedYet):
        line_files(actor=cast.maya, **words)
    as_role("worker")
    seal(at=IN_APRIL)

    files = line_files(actor=cast.maya, **words)

    figures = {
        (said["account"], said["debit_minor"], said["credit_minor"])
        for said in (json.loads(file.line) for file in files)
    }
    assert figures == {("B100", 100_000_00, 0), ("B900", 0, 100_000_00)}
    keys = [verify.read_key(str(signer().verifier))]
    for file in files:
        said = verify.check_period(file.text, keys)
        assert f"This is line {file.index} of" in said
        assert "account: B" in said
        altered = file.text.replace("\nindex ", "\nindex 1", 1)
        with pytest.raises((verify.Refuted, verify.Unreadable)):
            verify.check_period(altered, keys)
    assert files[0].file_name.startswith("period-202603-line-")


def test_lines_are_for_those_who_read_the_departments_books(company: Cast, as_role):
    cast = company
    as_role("worker")
    seal(at=IN_APRIL)
    words = {"period_id": MARCH, "department_id": cast.marketing.pk}

    assert line_files(actor=cast.fin, **words) == line_files(actor=cast.ada, **words)
    with pytest.raises((Forbidden, Unknown)):
        line_files(actor=cast.vera, **words)
    with pytest.raises(Unknown):
        line_files(actor=cast.fin, period_id=MARCH, department_id=uuid4())
    with pytest.raises(NotSealed):
        line_files(actor=cast.fin, period_id=202604, department_id=cast.marketing.pk)
