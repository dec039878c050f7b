"""The agreement with one partner: what counts, what is proposed, and everything that was said on the way."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import console, tell, warn
from hanse.faces.common.proposals import views_of
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import said
from hanse.faces.console.programs.common import program_of
from hanse.faces.console.programs.terms_scope import Scope, scope_of
from hanse.growth.deliverables.queries import titles_in
from hanse.growth.negotiations.actions import accept, decline, withdraw
from hanse.growth.negotiations.models import Proposal
from hanse.growth.negotiations.queries import proposals_of
from hanse.growth.today.queries import forget_count
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Refused
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.enrolments.queries import agreements_of
from hanse.programs.programs.queries import goals_of
from hanse.programs.terms.queries import body_of
from hanse.programs.terms.sentences import sentences


@console_page()
def agreement(request: HttpRequest, enrolment_id: str) -> HttpResponse:
    """Show what counts with a partner, the proposal that waits, and the whole history."""
    enrolment, scope, now = _enrolment(request, enrolment_id)
    program = enrolment.program
    views = views_of(program, proposals_of(enrolment.pk), scope.body, now)
    names = {goal.key: goal.name for goal in goals_of(program.pk)}
    shown = body_of(scope.shown) if scope.shown else None
    context = {
        "program": program, "enrolment": enrolment, "id": enrolment_id, "scope": scope,
        "partner_href": partner_href(enrolment.partner_id),
        "lines": sentences(shown, program.currency, names, titles_in([shown])) if shown else [],
        "waiting": next((view for view in views if view.state == "open"), None),
        "history": [view for view in views if view.state != "open"], "accepted": agreements_of(enrolment.pk),
        "may_change": may(request, CHANGE) and program.archived_at is None,
    }  # fmt: skip
    return console(request, "console/programs/agreement.html", "programs", context)


@console_page(roles=CHANGE, write_roles=CHANGE)
@require_POST
@writes
def answer(request: HttpRequest, enrolment_id: str, proposal_id: str) -> HttpResponse:
    """Accept or decline the partner's proposal, or withdraw an own one."""
    enrolment, _scope, now = _enrolment(request, enrolment_id)
    row = get_object_or_404(Proposal, pk=id_or_404("prp", proposal_id), enrolment=enrolment)
    does, back = request.POST.get("do", ""), reverse("console:agreement", args=[enrolment_id])
    try:
        if does == "accept":
            accept(row, side="team", now=now, by=actor(request))
            tell(request, _("Signed by both. The new terms are in force from their start."))
        elif does == "decline":
            decline(row, side="team", reason=request.POST.get("reason", ""), now=now, by=actor(request))
            tell(request, _("Declined. %(who)s has been told why.") % {"who": enrolment.partner.name})
        elif does == "withdraw":
            withdraw(row, side="team", now=now, by=actor(request))
            tell(request, _("Withdrawn."))
    except (Invalid, Refused) as refusal:
        warn(request, said(refusal))
    forget_count(enrolment.program_id)
    return HttpResponseRedirect(back, status=303)


def _enrolment(request: HttpRequest, text: str) -> tuple[Enrolment, Scope, datetime]:
    rows = Enrolment.objects.select_related("program", "partner", "tier")
    enrolment = get_object_or_404(rows, pk=id_or_404("enr", text))
    program_of(request, enrolment.program.slug)
    now = clock.now()
    return enrolment, scope_of(enrolment.program, text, now), now


def answered_proposal(scope: Scope, text: str, now: datetime) -> Proposal | None:
    """Return the partner's proposal that a new one answers; None where none was named. Raises Http404."""
    if not text:
        return None
    if scope.enrolment is None:
        raise Http404
    rows = Proposal.objects.select_related("enrolment__program", "enrolment__partner")
    return get_object_or_404(rows, pk=id_or_404("prp", text), enrolment=scope.enrolment, side="partner")
