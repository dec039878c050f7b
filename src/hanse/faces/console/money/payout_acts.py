"""The steps of a payout run: approve, open, cancel, read back; settle, fail or return one payment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program, tell, warn
from hanse.faces.console.acts import APPROVE, DRAFT
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.money.payout_run import run_or_404, run_page
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.money.payouts.actions import (
    approve_run,
    cancel_run,
    export_again,
    fail_payout,
    open_run,
    read_back_csv,
    return_payout,
    settle_payout,
)
from hanse.money.payouts.models import Payout
from hanse.people.partners.actions import vouch_for_details
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

LARGEST_FILE = 5_000_000


@console_page(write_roles=APPROVE)
@require_POST
@writes
@needs_program
def approve(request: HttpRequest, program: Program, run_id: str) -> HttpResponse:
    """Audit a draft again and approve what still passes."""
    return _act(request, program, run_id, approve_run, _("%(run)s is approved. Open it to send the money on its way."))


@console_page(write_roles=APPROVE)
@require_POST
@writes
@needs_program
def open_it(request: HttpRequest, program: Program, run_id: str) -> HttpResponse:
    """Send an approved run on its way; it is fixed from now on."""
    return _act(request, program, run_id, open_run, _("%(run)s is on its way. Read back what the bank answers."))


@console_page(write_roles=DRAFT)
@require_POST
@writes
@needs_program
def cancel(request: HttpRequest, program: Program, run_id: str) -> HttpResponse:
    """Give up a run that is not opened yet."""
    act = partial(cancel_run, reason=_reason(request))
    return _act(request, program, run_id, act, _("%(run)s is cancelled. Its lines are free for the next run."))


@console_page(write_roles=APPROVE)
@require_POST
@writes
@needs_program
def read_back(request: HttpRequest, program: Program, run_id: str) -> HttpResponseBase:
    """Apply a bank's answer: good rows each once, bad rows named with their reasons."""
    run, sent = run_or_404(program, run_id), request.FILES.get("answer")
    if sent is None or sent.size is None or sent.size > LARGEST_FILE:
        warn(request, _("Choose a CSV file of at most 5 MB."))
        return _to(run_id)
    try:
        text = sent.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        warn(request, _("This file is not UTF-8 text. Export it as CSV (UTF-8)."))
        return _to(run_id)
    result = read_back_csv(run, text, now=clock.now(), by=actor(request))
    counts = {"settled": result.settled, "failed": result.failed, "refused": len(result.refused)}
    counts["returned"] = result.returned
    if not result.refused:
        tell(request, _("Read back: %(settled)d paid, %(failed)d failed, %(returned)d came back.") % counts)
        return _to(run_id)
    warn(request, _("Read back: %(settled)d paid, %(failed)d failed, %(refused)d rows not taken.") % counts)
    run.refresh_from_db()
    return run_page(request, program, run, refused=result.refused)


@console_page(write_roles=APPROVE)
@require_POST
@writes
@needs_program
def export_rest(request: HttpRequest, program: Program, run_id: str) -> HttpResponse:
    """Make a new file of what is still on its way."""
    done = _("The new file holds what is still on its way, under a new id. Do not hand in the old one again.")
    return _act(request, program, run_id, export_again, done)


@console_page(write_roles=APPROVE)
@require_POST
@writes
@needs_program
def settle(request: HttpRequest, program: Program, payout_id: str) -> HttpResponse:
    """Note that one payment arrived."""
    reference = request.POST.get("reference", "").strip() or _reason(request)
    return _one(request, program, payout_id, partial(settle_payout, reference=reference), _("Noted as paid."))


@console_page(write_roles=APPROVE)
@require_POST
@writes
@needs_program
def fail(request: HttpRequest, program: Program, payout_id: str) -> HttpResponse:
    """Note that one payment did not go through."""
    act = partial(fail_payout, reason=_reason(request))
    return _one(request, program, payout_id, act, _("Noted. The amount is payable again."))


@console_page(write_roles=APPROVE)
@require_POST
@writes
@needs_program
def give_back(request: HttpRequest, program: Program, payout_id: str) -> HttpResponse:
    """Note that a settled payment came back."""
    act = partial(return_payout, reason=_reason(request))
    return _one(request, program, payout_id, act, _("Noted. The amount is payable again."))


def _act(request: HttpRequest, program: Program, run_id: str, act: Callable[..., object], done: str) -> HttpResponse:
    run = run_or_404(program, run_id)
    attempt_or_warn(request, lambda: act(run, now=clock.now(), by=actor(request)), done % {"run": run.number})
    return _to(run_id)


def _one(request: HttpRequest, program: Program, payout_id: str, act: Callable[..., object], done: str) -> HttpResponse:
    rows = Payout.objects.select_related("run")
    payout = get_object_or_404(rows, pk=id_or_404("pay", payout_id), run__program=program)
    attempt_or_warn(request, lambda: act(payout, now=clock.now(), by=actor(request)), done)
    return _to(text_id("run", payout.run_id))


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()[:500]


def _to(run_id: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:payout_run", args=[run_id]), status=303)


@console_page(write_roles=APPROVE)
@require_POST
@writes
@needs_program
def vouch(request: HttpRequest, program: Program, partner_id: str) -> HttpResponse:
    """End the rest of a partner's changed payout details: a colleague has asked them."""
    partner = get_object_or_404(
        Partner.objects.filter(pk__in=Enrolment.objects.filter(program=program).values("partner_id")),
        pk=id_or_404("prt", partner_id),
    )
    reason = request.POST.get("reason", "")
    attempt_or_warn(
        request, lambda: vouch_for_details(partner, reason=reason, now=clock.now(), by=actor(request)),
        _("The new account can be paid from now on."),
    )  # fmt: skip
    return HttpResponseRedirect(reverse("console:partner", args=[partner_id]), status=303)
