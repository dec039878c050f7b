"""One joint project: who pays what, what shows it, what it brought, and its result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.joint_forms import ProofForm, typed_costs
from hanse.faces.common.joint_words import PREFIX, PROOF_PREFIX, sheets_of
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.uploads import checks_uploads, keep_upload
from hanse.faces.console.acts import ADJUST
from hanse.faces.console.content.frame import content_page
from hanse.faces.console.forms import attempt_or_warn
from hanse.growth.comarketing import actions, proving, settling
from hanse.growth.comarketing.models import JointProject, JointProof
from hanse.growth.comarketing.queries import projects_of
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.queries import link_address


@console_page()
@needs_program
@require_GET
def joint_project(request: HttpRequest, program: Program, project_id: str) -> HttpResponse:
    """Show a project."""
    return _shown(request, program, project_id, ProofForm(auto_id="pf-%s"))


@console_page()
@require_POST
@writes
@needs_program
def agree(request: HttpRequest, program: Program, project_id: str) -> HttpResponse:
    """Say yes to the partner's proposal."""
    row, version = _project(program, project_id), str(request.POST.get("version", ""))
    read = int(version) if version.isdecimal() and len(version) < 9 else None
    return _act(
        request, row, lambda: actions.agree_project(row, side="us", version=read, now=clock.now(), by=actor(request)),
        _("Agreed. The partner has it by mail."),
    )  # fmt: skip


@console_page()
@require_POST
@writes
@needs_program
def decline(request: HttpRequest, program: Program, project_id: str) -> HttpResponse:
    """Say no, or take our own proposal back."""
    row, reason = _project(program, project_id), str(request.POST.get("reason", ""))
    return _act(
        request, row,
        lambda: actions.decline_project(row, side="us", reason=reason, now=clock.now(), by=actor(request)),
        _("Declined. The partner reads your reason."),
    )  # fmt: skip


@console_page()
@require_POST
@writes
@needs_program
def cancel(request: HttpRequest, program: Program, project_id: str) -> HttpResponse:
    """Call off what was agreed."""
    row, reason = _project(program, project_id), str(request.POST.get("reason", ""))
    return _act(
        request, row,
        lambda: actions.cancel_project(row, side="us", reason=reason, now=clock.now(), by=actor(request)),
        _("Called off. The partner reads your reason."),
    )  # fmt: skip


@console_page()
@require_POST
@writes
@needs_program
def move(request: HttpRequest, program: Program, project_id: str) -> HttpResponse:
    """Move it to another day."""
    row = _project(program, project_id)

    def act() -> None:
        day = _day(str(request.POST.get("happens_on", "")))
        actions.move_project(row, happens_on=day, now=clock.now(), by=actor(request))

    return _act(request, row, act, _("Moved. The partner has it by mail."))


@console_page()
@require_POST
@writes
@needs_program
def code(request: HttpRequest, program: Program, project_id: str) -> HttpResponse:
    """Choose which of the partner's codes counts with it."""
    row, said = _project(program, project_id), str(request.POST.get("coupon", ""))
    coupon = get_object_or_404(Coupon, pk=id_or_404("cpn", said), enrolment_id=row.enrolment_id) if said else None
    return _act(
        request, row, lambda: actions.set_code(row, coupon, now=clock.now(), by=actor(request)), _("Kept.")
    )  # fmt: skip


@console_page()
@require_POST
@checks_uploads
@writes
@needs_program
def proof(request: HttpRequest, program: Program, project_id: str) -> HttpResponse:
    """Show our own part."""
    row = _project(program, project_id)
    form = ProofForm(request.POST, request.FILES, auto_id="pf-%s")
    if not form.is_valid():
        return _shown(request, program, project_id, form, status=422)
    said, now, by = form.cleaned_data, clock.now(), actor(request)

    def act() -> None:
        given = said["file"]
        file = keep_upload(given, program=program, by=by, now=now) if given else None
        proving.send_proof(
            row, side="us", link=said["link"], file=file, number=said["number"], unit=said["unit"], note=said["note"],
            now=now, by=by,
        )  # fmt: skip

    return _act(request, row, act, _("Kept. The partner sees it too."))


@console_page()
@require_POST
@writes
@needs_program
def accept(request: HttpRequest, program: Program, project_id: str, proof_id: str) -> HttpResponse:
    """Say yes to what the partner sent."""
    row = _project(program, project_id)
    sent = get_object_or_404(JointProof, pk=id_or_404(PROOF_PREFIX, proof_id), project=row)
    return _act(
        request, row, lambda: proving.accept_proof(sent, now=clock.now(), by=actor(request)),
        _("Accepted. Write the result when all costs are known."),
    )  # fmt: skip


@console_page()
@require_POST
@writes
@needs_program
def refuse(request: HttpRequest, program: Program, project_id: str, proof_id: str) -> HttpResponse:
    """Say why it does not show enough."""
    row, reason = _project(program, project_id), str(request.POST.get("reason", ""))
    sent = get_object_or_404(JointProof, pk=id_or_404(PROOF_PREFIX, proof_id), project=row)
    return _act(
        request, row, lambda: proving.refuse_proof(sent, reason=reason, now=clock.now(), by=actor(request)),
        _("Sent. They read your reason and can send more."),
    )  # fmt: skip


@console_page()
@require_POST
@writes
@needs_program
def result(request: HttpRequest, program: Program, project_id: str) -> HttpResponse:
    """Write the result: costs and leads are divided, and what is left between the two is booked."""
    row = _project(program, project_id)

    def act() -> None:
        costs, problems = typed_costs(row, request.POST, side="us")
        if problems:
            raise Invalid([Problem("/costs", text, "bad_amount") for text in problems])
        leads = str(request.POST.get("leads", "")).strip()
        if not leads.isdecimal() or len(leads) > 9:
            raise Invalid([Problem("/leads", _("Say how many leads there were; zero is fine."), "required")])
        settling.write_result(
            row, leads=int(leads), costs=costs, note=str(request.POST.get("note", "")), now=clock.now(),
            by=actor(request),
        )  # fmt: skip

    return _act(request, row, act, _("Written. What evens the two sides out is booked."))


@console_page(write_roles=ADJUST)
@require_POST
@writes
@needs_program
def take_back(request: HttpRequest, program: Program, project_id: str) -> HttpResponse:
    """Take a result back that was wrong."""
    row, reason = _project(program, project_id), str(request.POST.get("reason", ""))
    return _act(
        request, row, lambda: settling.take_result_back(row, reason=reason, now=clock.now(), by=actor(request)),
        _("Taken back by a second booking. Write it anew."),
    )  # fmt: skip


def _shown(
    request: HttpRequest, program: Program, project_id: str, form: ProofForm, *, status: int = 200
) -> HttpResponse:
    row = _project(program, project_id)
    (sheet,) = sheets_of([row], clock.now())
    coupons = Coupon.objects.filter(enrolment_id=row.enrolment_id, archived_at=None).order_by("code")
    context = {
        "program": program, "sheet": sheet, "project": row, "partner_href": partner_href(row.enrolment.partner_id),
        "form": form, "may_act": may(request), "may_money": may(request, ADJUST),
        "coupons": [(text_id("cpn", one.pk), one) for one in coupons] if sheet.is_open else [],
        "address": link_address(row.link) if row.link else "",
    }  # fmt: skip
    return content_page(request, "console/content/joint_project.html", "together", context, status=status)


def _project(program: Program, project_id: str) -> JointProject:
    return get_object_or_404(projects_of(program.pk), pk=id_or_404(PREFIX, project_id))


def _act(request: HttpRequest, row: JointProject, act: Callable[[], object], done: str) -> HttpResponse:
    attempt_or_warn(request, act, done)
    return HttpResponseRedirect(reverse("console:joint", args=[text_id(PREFIX, row.pk)]), status=303)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid([Problem("/happens_on", _("This is no day."), "bad_date")]) from error
