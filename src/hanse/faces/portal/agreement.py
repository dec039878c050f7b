"""The partner's side of an agreement: answer what is proposed, or propose other terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hanse.faces.common.access import actor, portal_page, writes
from hanse.faces.common.charts import Chart
from hanse.faces.common.goals import goal_names
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import tell, warn
from hanse.faces.common.proposals import ProposalView, views_of
from hanse.faces.common.reader import reader
from hanse.faces.common.risk_chart import risk_chart
from hanse.faces.console.forms import said
from hanse.faces.console.programs.terms_editor import kinds_of_clauses
from hanse.faces.console.programs.terms_rows import rows_of
from hanse.faces.console.programs.terms_scope import scope_of
from hanse.faces.console.programs.terms_sheet import Sheet, sheet_from_form, sheet_from_terms
from hanse.faces.console.programs.terms_slots import Choices
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.deliverables.queries import works_to_name
from hanse.growth.negotiations.actions import Offered, accept, counter, decline, propose, withdraw
from hanse.growth.negotiations.models import Proposal
from hanse.growth.negotiations.queries import body_of_proposal
from hanse.growth.negotiations.rules import state_of
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Refused
from hanse.kernel.ids import text_id
from hanse.money.whatif.asking import last_year, risk_against
from hanse.money.whatif.queries import what_if
from hanse.money.whatif.types import Draft
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.terms.differences import differences
from hanse.programs.terms.types import TermsBody

_ANSWER_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Negotiation:
    """What the terms page shows of a negotiation: the proposal that waits, what it would have paid, and the past."""

    waiting: ProposalView | None
    history: list[ProposalView]
    before_minor: int | None = None
    after_minor: int | None = None
    orders: int = 0
    risk: Chart | None = None

    @property
    def is_mine_to_answer(self) -> bool:
        """Whether the partner is asked."""
        return self.waiting is not None and self.waiting.proposal.side == "team"

    @property
    def change_minor(self) -> int:
        """What the partner would have earned more, or (below zero) less."""
        return (self.after_minor or 0) - (self.before_minor or 0)


def negotiation_of(seat: Seat, current: TermsBody | None, now: datetime) -> Negotiation:
    """Return what is proposed to the partner, tried on their own last twelve months, and everything before."""
    views = views_of(seat.program, seat.scope.proposals(), current, now)
    waiting = next((view for view in views if view.state == "open"), None)
    history = [view for view in views if view is not waiting]
    if waiting is None:
        return Negotiation(None, history)
    body = body_of_proposal(waiting.proposal)
    found = what_if(Draft(seat.program.pk, None, seat.enrolment.pk, body), *last_year(seat.program, now))
    risk, against = risk_against(seat.program, body, found, current, now)
    chart = None
    if risk is not None and against is not None:
        stands = [(_("You"), found.value_minor, found.after_minor)] if found.orders else []
        chart = risk_chart(
            reader(), seat.program.currency, risk, _("Proposed"), _("What counts now"),
            title=_("What both would earn and pay"), stands=stands,
        )  # fmt: skip
    return Negotiation(waiting, history, found.before_minor, found.after_minor, found.orders, chart)


def waits_for_answer(seat: Seat, now: datetime) -> bool:
    """Say whether a proposal waits for the partner. One query."""
    rows = seat.scope.proposals().filter(answer="", side="team")
    return any(state_of(row.answer, row.answer_reason, row.expires_at, now) == "open" for row in rows)


@portal_page
@require_POST
@writes
@needs_seat
def answer(request: HttpRequest, seat: Seat, proposal: str) -> HttpResponse:
    """Accept or decline what is proposed, or withdraw an own proposal."""
    row, now = get_object_or_404(seat.scope.proposals(), pk=id_or_404("prp", proposal)), clock.now()
    does = request.POST.get("do", "")
    try:
        if does == "accept":
            accept(row, side="partner", now=now, by=actor(request))
            tell(request, _("Signed. Both sides have agreed; these are your terms now."))
        elif does == "decline":
            decline(row, side="partner", reason=request.POST.get("reason", ""), now=now, by=actor(request))
            tell(request, _("Declined. What was agreed before stays."))
        elif does == "withdraw":
            withdraw(row, side="partner", now=now, by=actor(request))
            tell(request, _("Withdrawn."))
    except (Invalid, Refused) as refusal:
        warn(request, said(refusal))
    return HttpResponseRedirect(reverse("portal:terms"), status=303)


@portal_page
@require_http_methods(["GET", "POST"])
@writes
@needs_seat
def propose_terms(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Write other terms: as an answer to what is proposed, else as an own proposal."""
    now = clock.now()
    if seat.enrolment.status == Enrolment.Status.ENDED or seat.program.archived_at is not None:
        raise Http404
    waiting = _waiting(seat, now)
    if request.method != "POST":
        if waiting is None and seat.scope.proposals().filter(answer="", expires_at__gt=now).exists():
            return HttpResponseRedirect(reverse("portal:terms"))
        scope = scope_of(seat.program, text_id("enr", seat.enrolment.pk), now)
        sheet = sheet_from_terms(scope, seat.program, now, dict(waiting.body) if waiting else None)
        sheet.reason = ""
        return _page(request, seat, sheet, waiting, now)
    sheet = sheet_from_form(request.POST, seat.program, now)
    if request.POST.get("do") == "propose" and not sheet.is_wrong and _send(request, seat, sheet, waiting, now):
        return HttpResponseRedirect(reverse("portal:terms"), status=303)
    wrong = request.POST.get("do") == "propose"
    return _page(request, seat, sheet, waiting, now, status=422 if wrong else 200)


def _waiting(seat: Seat, now: datetime) -> Proposal | None:
    rows = seat.scope.proposals().filter(answer="", side="team")
    return next((row for row in rows if state_of(row.answer, row.answer_reason, row.expires_at, now) == "open"), None)


def _send(request: HttpRequest, seat: Seat, sheet: Sheet, waiting: Proposal | None, now: datetime) -> bool:
    starts_at = waiting.starts_at if waiting is not None else None
    offered = Offered(
        sheet.body, "", sheet.message, "" if waiting else _legal_text(seat, now),
        starts_at if starts_at is not None and starts_at > now else None, waiting.ends_at if waiting else None,
        sheet.expires_at or now + _ANSWER_WITHIN,
    )  # fmt: skip
    try:
        if waiting is not None:
            counter(waiting, offered, side="partner", now=now, by=actor(request))
        else:
            propose(seat.enrolment, offered, side="partner", now=now, by=actor(request))
    except (Invalid, Refused) as refusal:
        sheet.refusals.append(said(refusal))
        return False
    tell(request, _("Sent. We answer here and by mail."))
    return True


def _legal_text(seat: Seat, now: datetime) -> str:
    """Return the legal text that counts now: a partner proposes other clauses, not other law."""
    shown = scope_of(seat.program, text_id("enr", seat.enrolment.pk), now).shown
    return shown.legal_text if shown is not None else ""


def _page(
    request: HttpRequest, seat: Seat, sheet: Sheet, waiting: Proposal | None, now: datetime, *, status: int = 200
) -> HttpResponse:
    names = goal_names(seat.program.pk)
    works = tuple(works_to_name(seat.program.pk, seat.enrolment.pk))
    choices = Choices(tuple((key, name.lower()) for key, name in names.items()), seat.program.currency, works)
    scope = scope_of(seat.program, text_id("enr", seat.enrolment.pk), now)
    before = body_of_proposal(waiting) if waiting else scope.body
    context: dict[str, Any] = {
        "sheet": sheet, "rows": rows_of(sheet.drafts, choices), "kinds": kinds_of_clauses(), "takes_json": False,
        "waiting": waiting,
        "changes": differences(before, sheet.terms, seat.program.currency, names) if sheet.terms else [],
    }  # fmt: skip
    return portal(request, seat, "portal/terms_propose.html", "profile", context, status=status)
