"""What a person may do to a commission: hold, let go, approve, void. Each with a reason that stays."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hanse.faces.common import format as fmt
from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program
from hanse.faces.common.reader import reader
from hanse.faces.console.acts import DECIDE
from hanse.faces.console.forms import attempt_or_warn
from hanse.kernel import clock
from hanse.money.commissions.actions import approve_commission, hold_commission, void_commission
from hanse.money.commissions.models import Commission
from hanse.money.holds.actions import release_case
from hanse.money.holds.models import Case
from hanse.programs.programs.models import Program


@console_page(write_roles=DECIDE)
@require_POST
@writes
@needs_program
def hold(request: HttpRequest, program: Program, commission_id: str) -> HttpResponse:
    """Keep a commission from being paid until a person decides."""
    row = _commission(program, commission_id)
    undo = reverse("console:commission_let_go", args=[commission_id])
    return _do(
        request, commission_id, lambda: hold_commission(row, _reason(request), clock.now(), actor(request)),
        _("It is kept until somebody decides."), undo,
    )  # fmt: skip


@console_page(write_roles=DECIDE)
@require_POST
@writes
@needs_program
def let_go(request: HttpRequest, program: Program, commission_id: str) -> HttpResponse:
    """Close the cases that colleagues opened: the commission goes on as if it had not been held."""
    row = _commission(program, commission_id)

    def act() -> None:
        for case in Case.objects.filter(commission=row, decided_at=None, reason="person"):
            release_case(case, reason=_reason(request) or _("Taken back"), now=clock.now(), by=actor(request))

    return _do(request, commission_id, act, _("It goes on: nothing keeps it any more."), "")


@console_page(write_roles=DECIDE)
@require_POST
@writes
@needs_program
def approve(request: HttpRequest, program: Program, commission_id: str) -> HttpResponse:
    """Decide that a commission is good: its cases close, and it is payable once its hold is over."""
    row = _commission(program, commission_id)
    return _do(
        request, commission_id,
        lambda: approve_commission(row, reason=_reason(request), now=clock.now(), by=actor(request)),
        _("Approved. It is payable as soon as its hold is over."), "",
    )  # fmt: skip


@console_page(write_roles=DECIDE)
@require_POST
@writes
@needs_program
def void(request: HttpRequest, program: Program, commission_id: str) -> HttpResponse:
    """Take back all that is owed, for good."""
    row = _commission(program, commission_id)
    lost = fmt.money(row.owed_minor, row.currency, reader().language)
    return _do(
        request, commission_id, lambda: void_commission(row, _reason(request), clock.now(), actor(request)),
        _("%(amount)s is voided. The partner sees your reason.") % {"amount": lost}, "",
    )  # fmt: skip


def _commission(program: Program, commission_id: str) -> Commission:
    return get_object_or_404(Commission, pk=id_or_404("com", commission_id), program=program)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()[:500]


def _do(request: HttpRequest, commission_id: str, act: Callable[[], object], done: str, undo: str) -> HttpResponse:
    attempt_or_warn(request, act, done, undo=undo)
    back = request.POST.get("back", "")
    path = reverse("console:cases") if back == "cases" else reverse("console:commission", args=[commission_id])
    return HttpResponseRedirect(path, status=303)
