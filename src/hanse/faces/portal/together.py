"""Together: what the partner and we do jointly: propose, answer, show that it was done, read the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from hanse.faces.common.access import actor, portal_page, writes
from hanse.faces.common.joint_forms import ProofForm, ProposalForm, typed_costs
from hanse.faces.common.joint_words import PREFIX, sheets_of
from hanse.faces.common.page import tell
from hanse.faces.common.problems import show_problems
from hanse.faces.common.uploads import checks_uploads, keep_upload
from hanse.faces.portal.grow_tabs import grow_tabs
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.comarketing import actions, proving
from hanse.growth.comarketing.models import JointProject
from hanse.growth.comarketing.showing import shows_proof as shows_proof  # partners open files of their own projects
from hanse.kernel import clock
from hanse.kernel.errors import HanseError, Invalid
from hanse.kernel.ids import parse_id
from hanse.traffic.links.queries import link_address

SHOWN = 60
_FIELDS = {"our_cost": "cost_share", "our_leads": "leads_share"}


@portal_page
@checks_uploads
@writes
@needs_seat
def together(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show joint projects, and take what the partner says to one of them."""
    act, bad = str(request.POST.get("act", "")), _Bad()
    if request.method == "POST" and not seat.is_viewed:
        if _DONE.get(act, _nothing)(request, seat, bad):
            return HttpResponseRedirect(reverse("portal:together"), status=303)
        bad.status = 422
    sheets = sheets_of(list(seat.scope.joint_projects()[:SHOWN]), clock.now(), for_partner=True)
    may_act = not seat.is_viewed and seat.enrolment.status == "active"
    asked = bad.form if act == "propose" else None
    context = {
        "tabs": grow_tabs("together"), "bad": bad, "may_act": may_act,
        "cards": [_card(sheet, seat, bad) for sheet in sheets if sheet.project.state in ("asked", "agreed")],
        "past": [sheet for sheet in sheets if sheet.project.state not in ("asked", "agreed")],
        "form": asked or ProposalForm("partner", seat.program.currency), "is_form_open": asked is not None,
        "waiting": sum(1 for sheet in sheets if sheet.stage in ("their_turn", "proof")),
    }  # fmt: skip
    return portal(request, seat, "portal/together.html", "grow", context, status=bad.status)


class _Bad:
    """What went wrong, and at which project it stands."""

    def __init__(self) -> None:
        self.project, self.status = "", 200
        self.said: list[str] = []
        self.form: forms.Form | None = None


def _card(sheet: Any, seat: Seat, bad: _Bad) -> dict[str, Any]:
    is_bad = bad.project == sheet.id
    proof = bad.form if is_bad and isinstance(bad.form, ProofForm) else ProofForm(auto_id=f"{sheet.id}-%s")
    other = bad.form if is_bad and isinstance(bad.form, ProposalForm) else None
    if other is None and sheet.project.state == "asked":
        other = ProposalForm("partner", seat.program.currency, before=sheet.project, auto_id=f"{sheet.id}-o-%s")
    return {
        "sheet": sheet, "proof": proof, "other": other, "is_other_open": is_bad and bad.form is other,
        "said": bad.said if is_bad else [], "own_costs": [one for one in sheet.costs if not one.is_ours],
        "address": link_address(sheet.project.link) if sheet.project.link else "",
    }  # fmt: skip


def _propose(request: HttpRequest, seat: Seat, bad: _Bad) -> bool:
    form = ProposalForm("partner", seat.program.currency, request.POST)
    bad.form = form
    return form.is_valid() and _tried(
        bad,
        lambda: actions.ask_project(
            seat.enrolment, side="partner", now=clock.now(), by=actor(request), **form.said()
        ),
    ) and _told(request, _("Sent. You hear from us by mail."))  # fmt: skip


def _answer_otherwise(request: HttpRequest, seat: Seat, bad: _Bad) -> bool:
    row = _project(request, seat, bad)
    form = ProposalForm("partner", seat.program.currency, request.POST, auto_id=f"{bad.project}-o-%s")
    bad.form = form
    return form.is_valid() and _tried(
        bad,
        lambda: actions.propose_again(
            row, side="partner", version=_version(request), now=clock.now(), by=actor(request), **form.said()
        ),
    ) and _told(request, _("Sent. You hear from us by mail."))  # fmt: skip


def _agree(request: HttpRequest, seat: Seat, bad: _Bad) -> bool:
    row = _project(request, seat, bad)
    return _tried(bad, lambda: actions.agree_project(
        row, side="partner", version=_version(request), now=clock.now(), by=actor(request)
    )) and _told(request, _("Agreed. We look forward to it."))  # fmt: skip


def _decline(request: HttpRequest, seat: Seat, bad: _Bad) -> bool:
    row, reason = _project(request, seat, bad), str(request.POST.get("reason", ""))
    end = actions.cancel_project if row.state == JointProject.State.AGREED else actions.decline_project
    return _tried(bad, lambda: end(
        row, side="partner", reason=reason, now=clock.now(), by=actor(request)
    )) and _told(request, _("Done. We read your reason."))  # fmt: skip


def _prove(request: HttpRequest, seat: Seat, bad: _Bad) -> bool:
    row = _project(request, seat, bad)
    form = ProofForm(request.POST, request.FILES, auto_id=f"{bad.project}-%s")
    bad.form = form
    if not form.is_valid():
        return False
    said, now, by = form.cleaned_data, clock.now(), actor(request)

    def act() -> None:
        given = said["file"]
        file = keep_upload(given, program=seat.program, by=by, now=now) if given else None
        proving.send_proof(
            row, side="partner", link=said["link"], file=file, number=said["number"], unit=said["unit"],
            note=said["note"], now=now, by=by,
        )  # fmt: skip

    return _tried(bad, act) and _told(request, _("Thank you. We look at it and write to you."))


def _name_costs(request: HttpRequest, seat: Seat, bad: _Bad) -> bool:
    row = _project(request, seat, bad)
    costs, problems = typed_costs(row, request.POST, side="partner")
    bad.said += problems
    return not problems and _tried(
        bad, lambda: proving.note_costs(row, costs, side="partner", now=clock.now(), by=actor(request))
    ) and _told(request, _("Kept."))  # fmt: skip


def _nothing(_request: HttpRequest, _seat: Seat, _bad: _Bad) -> bool:
    return False


_DONE: dict[str, Callable[[HttpRequest, Seat, _Bad], bool]] = {
    "propose": _propose, "otherwise": _answer_otherwise, "agree": _agree, "decline": _decline, "proof": _prove,
    "costs": _name_costs,
}  # fmt: skip


def _tried(bad: _Bad, act: Callable[[], object]) -> bool:
    try:
        act()
    except HanseError as error:
        if bad.form is not None:
            show_problems(bad.form, error, _FIELDS)
        elif isinstance(error, Invalid):
            bad.said += [problem.message for problem in error.problems]
        else:
            bad.said.append(getattr(error, "message", str(error)))
        return False
    return True


def _told(request: HttpRequest, text: str) -> bool:
    tell(request, text)
    return True


def _project(request: HttpRequest, seat: Seat, bad: _Bad) -> JointProject:
    bad.project = str(request.POST.get("project", ""))
    try:
        wanted = parse_id(PREFIX, bad.project)
    except Invalid as error:
        raise Http404 from error
    row = seat.scope.joint_projects().filter(pk=wanted).first()
    if row is None:
        raise Http404
    return row


def _version(request: HttpRequest) -> int | None:
    text = str(request.POST.get("version", ""))
    return int(text) if text.isdecimal() and len(text) < 9 else None
