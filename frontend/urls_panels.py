"""The addresses of those who judge together, and of the last steps to a choice."""

from django.urls import URLPattern, path

from frontend.pages import agreement, final_choices, panels

JOB = "jobs/<uuid:job_id>/"
SEAT = JOB + "panel/<uuid:seat_id>/"
PLACE = JOB + "bids/<uuid:bid_id>/criteria/<uuid:criterion_id>/"

urlpatterns: list[URLPattern] = [
    path(JOB + "panel/", panels.show, name="panel"),
    path(JOB + "panel/declaration/", panels.declare, name="panel-declare"),
    path(SEAT + "end/", panels.relieve, name="panel-relieve"),
    path(SEAT + "interest/", panels.decide, name="panel-interest"),
    path(JOB + "agreement/", agreement.show, name="agreement"),
    path(JOB + "agreement/consent/", agreement.say_yes, name="agreement-consent"),
    path(PLACE + "agreed/", agreement.agree, name="agree-score"),
    path(JOB + "final-round/", final_choices.ask_final, name="final-round"),
    path(JOB + "wanted-choice/signature/", final_choices.sign, name="choice-sign"),
    path(JOB + "wanted-choice/refusal/", final_choices.send_back, name="choice-back"),
    path("bids/<uuid:bid_id>/final/", final_choices.final_bid, name="final-bid"),
]
