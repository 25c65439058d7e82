"""Taking words off the record: one asks, another one agrees."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from frontend.acts import Act, NothingAsked, answer, sent
from frontend.forms import PageForm, WordsField
from frontend.requests import SignedIn
from marketplace.permissions import may_redact
from marketplace.redacting import agree_to_redact, ask_to_redact, waiting_redactions
from marketplace.refusals import Unknown, require

PAGE = require_http_methods(["GET", "HEAD", "POST"])


class RedactionForm(PageForm):
    """Why words must go."""

    reason = WordsField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays on the record in place of the words."),
    )


@PAGE
@login_required
def ask(request: SignedIn, words_id: UUID) -> HttpResponse:
    """Ask that words be taken off the record."""
    require(may_redact(request.user), _("Auditors and administrators redact."))
    act = Act(
        title=_("Take these words off the record"),
        lead=_("They stay until another auditor or administrator agrees."),
        button=_("Ask for it"),
        back=reverse("record"),
        trail=_("The record"),
        warning=_("Once the second person agrees, nobody can bring them back."),
    )
    return answer(
        request,
        act,
        RedactionForm(sent(request)),
        do=lambda typed: ask_to_redact(
            actor=request.user, words_id=words_id, at=request.received_at, **typed
        ),
        told=_("Asked for. Another auditor or administrator has it now."),
    )


@PAGE
@login_required
def agree(request: SignedIn, wanted_id: UUID) -> HttpResponse:
    """Agree that words go."""
    waiting = waiting_redactions(request.user)
    one = next((one for one in waiting if one.wanted_id == wanted_id), None)
    if one is None:
        raise Unknown("Nobody asked for such a redaction, or it is done.")
    act = Act(
        title=_("Agree to a redaction"),
        lead=_("%(name)s asks for it: %(reason)s") % {"name": one.wanted_by, "reason": one.reason},
        button=_("Take the words off the record"),
        back=reverse("record"),
        trail=_("The record"),
        facts=((_("The words"), one.text),),
        warning=_("The words are gone for ever. That they were there, and why they went, stays."),
    )
    return answer(
        request,
        act,
        NothingAsked(sent(request)),
        do=lambda _typed: agree_to_redact(
            actor=request.user, wanted_id=wanted_id, at=request.received_at
        ),
        told=_("The words are off the record."),
    )
