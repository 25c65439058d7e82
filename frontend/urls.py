"""The pages' addresses: nouns, one per thing. A verb of the domain is a noun here."""

from django.urls import URLPattern, URLResolver, path

from frontend import urls_bidders, urls_money, urls_panels, urls_payouts, urls_vendors, urls_years
from frontend.pages import (
    appearance,
    changes,
    choices,
    comparison,
    drafts,
    endings,
    help,
    home,
    jobs,
    objections,
    overrides,
    ratings,
    work,
)
from frontend.pages import job as one_job

JOB = "jobs/<uuid:job_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs.csv", jobs.jobs_csv, name="jobs-csv"),
    path("jobs/new/", drafts.new, name="job-new"),
    path(JOB, one_job.job, name="job"),
    path(JOB + "draft/", drafts.edit, name="job-edit"),
    path(JOB + "draft/discard/", drafts.discard, name="job-discard"),
    path(JOB + "publication/", drafts.publish, name="job-publish"),
    path(JOB + "cancellation/", one_job.cancel, name="job-cancel"),
    path(JOB + "addenda/", one_job.addendum, name="job-addendum"),
    path(
        JOB + "questions/<uuid:question_id>/answer/",
        one_job.question_answer,
        name="question-answer",
    ),
    path(JOB + "timeline/", one_job.life, name="timeline"),
    path(JOB + "opening/", one_job.opening, name="opening"),
    path(JOB + "opening/signature/", one_job.opening_sign, name="opening-sign"),
    path(JOB + "prices/", one_job.prices, name="prices"),
    path(JOB + "comparison/", comparison.compare, name="comparison"),
    path(JOB + "comparison.csv", comparison.comparison_csv, name="comparison-csv"),
    path(JOB + "bids/<uuid:bid_id>/scores/", comparison.score, name="score"),
    path(JOB + "bids/<uuid:bid_id>/award/", choices.choose, name="choose"),
    path(JOB + "bids/<uuid:bid_id>/override/", overrides.override, name="override"),
    path(JOB + "objections/", objections.show, name="objections"),
    path(
        JOB + "objections/<uuid:objection_id>/ruling/", objections.decide, name="objection-decide"
    ),
    path(JOB + "work/decline/", objections.decline, name="award-decline"),
    path(JOB + "no-award/", choices.no_award, name="no-award"),
    path(JOB + "work/", work.board, name="board"),
    path(JOB + "milestones/<uuid:milestone_id>/delivery/", work.deliver, name="deliver"),
    path(JOB + "deliveries/<uuid:delivery_id>/acceptance/", work.accept, name="accept"),
    path(JOB + "deliveries/<uuid:delivery_id>/return/", work.send_back, name="return"),
    path(JOB + "milestones/<uuid:milestone_id>/change/", changes.change, name="change"),
    path(JOB + "changes/<uuid:change_id>/agreement/", changes.agree, name="change-agree"),
    path(JOB + "milestones/<uuid:milestone_id>/dispute/", changes.dispute, name="dispute"),
    path(JOB + "disputes/<uuid:dispute_id>/resolution/", changes.resolve, name="dispute-resolve"),
    path(JOB + "changes/<uuid:change_id>/signature/", endings.sign, name="change-sign"),
    path(JOB + "work/end/", endings.offer_end, name="work-end"),
    path(JOB + "work/end/<uuid:offer_id>/", endings.agree_end, name="work-end-agree"),
    path(JOB + "milestones/<uuid:milestone_id>/release/", endings.release, name="release"),
    path(JOB + "milestones/<uuid:milestone_id>/late/", endings.allow_late, name="late-charge"),
    path(JOB + "rating/", ratings.rate, name="rate"),
    *urls_bidders.urlpatterns,
    *urls_panels.urlpatterns,
    *urls_money.urlpatterns,
    *urls_payouts.urlpatterns,
    *urls_vendors.urlpatterns,
    *urls_years.urlpatterns,
    path("help/", help.index, name="help"),
    path("help/keyboard/", help.keyboard, name="help_keyboard"),
    path("help/accessibility/", help.accessibility, name="help_accessibility"),
    path("help/components/", help.components, name="help_components"),
    path("appearance/", appearance.appearance, name="appearance"),
]
