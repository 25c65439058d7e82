"""What one files away on paper: the receipt of a bid, and the choice that was made."""

from __future__ import annotations

from typing import IO
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from bids.offers import receipt_paper
from bids.receipts import verify_receipt
from frontend import formats, wording
from frontend.rendering import only_known
from frontend.requests import SignedIn
from ledger.exchange.document_file import document_file
from ledger.reports.choices import ChoiceFilter, choices
from marketplace.refusals import Unknown


@require_safe
@login_required
def receipt_pdf(request: SignedIn, bid_id: UUID) -> FileResponse:
    """Give the receipt of a bid on paper, its signed text with it."""
    only_known(request)
    paper = receipt_paper(actor=request.user, bid_id=bid_id)
    facts = verify_receipt(paper.text)
    made = document_file(
        language=formats.reader_locale().language,
        title=_("Receipt of the bid %(reference)s") % {"reference": facts.reference},
        facts=(
            (_("Provider"), paper.provider_name),
            (_("Job"), paper.job_title),
            (_("Department"), paper.department_name),
            (_("Received"), formats.moment(facts.submitted_at, seconds=True)),
            (_("Fingerprint"), facts.fingerprint.hex(" ", 4)),
        ),
        parts=(
            (_("The signed text"), paper.text),
            (
                _("What it proves"),
                _(
                    "That this bid lay sealed in the marketplace at that moment. The same text,"
                    " fetched as a file, is checked with verify.py, without asking the department."
                ),
            ),
        ),
    )
    return _file(made, f"receipt-{facts.reference}.pdf")


@require_safe
@login_required
def award_pdf(request: SignedIn, job_id: UUID) -> FileResponse:
    """Give a choice on paper: who was chosen, by whom, at what price and why."""
    only_known(request)
    found = choices(actor=request.user, only=ChoiceFilter(job_id=job_id)).items
    if not found:
        raise Unknown("There is no such choice.")
    row = found[0]
    facts = [
        (_("Job"), f"{row.job_title}, {row.job_reference}"),
        (_("Department"), row.department_name),
        (_("Chosen"), f"{row.provider_name} ({wording.word('kinds', row.kind)})"),
        (_("Price"), formats.money(row.price)),
        (_("Valid bids with a price"), formats.number(row.valid_priced_bids)),
        (_("Chosen by"), row.chosen_by),
        (_("On"), formats.moment(row.chosen_at, seconds=True)),
        (_("Reason"), wording.word("reasons", row.reason_code)),
    ]
    if row.decisive_criterion:
        facts.append((_("Decisive criterion"), row.decisive_criterion))
    parts = ((_("In the words of whoever chose"), row.reason),)
    made = document_file(
        language=formats.reader_locale().language, title=_("A choice"), facts=facts, parts=parts
    )
    return _file(made, f"choice-{row.job_reference}.pdf")


def _file(made: IO[bytes], name: str) -> FileResponse:
    return FileResponse(made, as_attachment=True, filename=name, content_type="application/pdf")
