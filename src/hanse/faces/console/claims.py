"""Claims: sales that partners say were theirs, each with what the checks say, and our answer."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.links import href
from hanse.faces.common.page import console, needs_program
from hanse.faces.console.forms import attempt_or_warn
from hanse.growth.claims.actions import answer_claim
from hanse.growth.claims.models import Claim
from hanse.growth.claims.queries import answered_claims, claimed_conversion, open_claims
from hanse.growth.today.queries import forget_count
from hanse.insight.why import sentences
from hanse.insight.why.types import Check
from hanse.kernel import clock
from hanse.programs.programs.models import Program
from hanse.traffic.attribution.queries import frozen_among

SHOWN = 50


@console_page()
@needs_program
@require_GET
def claims(request: HttpRequest, program: Program) -> HttpResponse:
    """List what waits for an answer, the one promised first on top, and what was answered."""
    waiting = list(open_claims(program.pk)[:SHOWN])
    context = {
        "program": program, "waiting": [(row, _found(row), _can_credit(row)) for row in waiting],
        "may_act": may(request),
        "answered": list(answered_claims(program.pk)[:SHOWN]), "why_href": href("console:why"),
    }  # fmt: skip
    return console(request, "console/claims.html", "money", context)


def _found(row: Claim) -> str:
    """Say what the checks found when the partner claimed it."""
    return sentences.finding(Check("", "failed", row.found)) if row.found else ""


def _can_credit(row: Claim) -> bool:
    """Say whether the order is here and its credits may still change."""
    sold = claimed_conversion(row)
    return sold is not None and not frozen_among([sold.pk])


@console_page()
@require_POST
@writes
@needs_program
def answer(request: HttpRequest, program: Program, claim_id: UUID) -> HttpResponse:
    """Send the answer."""
    row = get_object_or_404(Claim, pk=claim_id, program=program)
    accepted, credit = request.POST.get("verdict") in ("accept", "credit"), request.POST.get("verdict") == "credit"
    text = str(request.POST.get("answer", ""))
    done = _("%(name)s has our answer by mail.") % {"name": row.enrolment.partner.name}
    attempt_or_warn(
        request,
        lambda: answer_claim(row, accepted=accepted, answer=text, credit=credit, now=clock.now(), by=actor(request)),
        done,
    )
    forget_count(program.pk)
    return HttpResponseRedirect(reverse("console:claims"))
