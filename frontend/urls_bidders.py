"""The addresses of those who bid."""

from django.urls import URLPattern, path

from frontend.pages import bid_editor, bid_files, bids, documents, invitations, objections, results
from frontend.tables import files

JOB = "jobs/<uuid:job_id>/"
OURS = JOB + "bids/of/<uuid:provider_id>/"
BID = "bids/<uuid:bid_id>/"

urlpatterns: list[URLPattern] = [
    path(JOB + "questions/new/", invitations.ask, name="question-ask"),
    path(JOB + "result/", results.result, name="debrief"),
    path(OURS + "draft/", bid_editor.edit, name="bid-edit"),
    path(OURS + "draft/discard/", bid_editor.discard, name="bid-discard"),
    path(OURS + "draft/return/", bid_editor.restore, name="bid-restore"),
    path(OURS + "files/", bid_files.index, name="bid-files"),
    path(OURS + "files/<uuid:file_id>/", bid_files.attached, name="bid-file-attached"),
    path(OURS + "files/<uuid:file_id>/removal/", bid_files.remove, name="bid-file-remove"),
    path(OURS + "submission/", bid_editor.submit, name="bid-submit"),
    path(OURS + "decline/", invitations.decline, name="decline"),
    path(OURS + "objection/", objections.raise_one, name="object"),
    path("bids/", bids.mine, name="my-bids"),
    *files("bids", bids.mine_csv, name="my-bids"),
    path(BID, bids.show, name="bid-receipt"),
    path(BID + "receipt.txt", bids.proof, name="bid-proof"),
    path(BID + "receipt.pdf", documents.receipt_pdf, name="receipt-pdf"),
    path(BID + "files/<uuid:file_id>/", bid_files.of_bid, name="bid-file"),
    path(BID + "withdrawal/", bids.withdraw, name="bid-withdraw"),
    path(BID + "confirmation/", bids.confirm, name="bid-confirm"),
    path("receipts/", bids.verify, name="receipt-verify"),
]
