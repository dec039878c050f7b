"""What a person does about tiers: lock, let go, move, decide a move that waits, evaluate now."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program, tell, warn
from hanse.faces.console.forms import attempt_or_warn, said
from hanse.growth.tiers.actions import decide_review, lock_tier, move_by_hand, unlock_tier
from hanse.growth.tiers.models import TierReview
from hanse.growth.tiers.sweeping import sweep
from hanse.kernel import clock
from hanse.kernel.errors import HanseError, NotFound
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tier_by_key

AT_ONCE = 2_000  # a larger field is evaluated by the clock, part by part


def find_enrolment(program: Program, text: str) -> Enrolment:
    """Return an enrolment of the program by its id in a path. Raises Http404."""
    rows = Enrolment.objects.select_related("program", "partner", "tier").filter(program=program)
    return get_object_or_404(rows, pk=id_or_404("enr", text))


def _back(request: HttpRequest, enrolment: Enrolment) -> HttpResponseRedirect:
    """Return to where the act was done: the partner's page, or the list."""
    is_partner = request.POST.get("back") == "partner"
    return HttpResponseRedirect(partner_href(enrolment.partner_id) if is_partner else reverse("console:tiers"))


@console_page()
@require_POST
@writes
@needs_program
def lock(request: HttpRequest, program: Program, enrolment_id: str) -> HttpResponse:
    """Keep somebody in a tier, with a reason, perhaps until a day."""
    enrolment = find_enrolment(program, enrolment_id)
    text, until = request.POST.get("until", "").strip(), None
    try:
        until = date.fromisoformat(text) if text else None
    except ValueError:
        warn(request, _("Write the day like 2026-05-31."))
        return _back(request, enrolment)
    reason, now, by = request.POST.get("reason", ""), clock.now(), actor(request)
    attempt_or_warn(
        request, lambda: lock_tier(enrolment, reason=reason, until=until, now=now, by=by),
        _("%(name)s stays in %(tier)s")
        % {"name": enrolment.partner.name, "tier": enrolment.tier.name if enrolment.tier else ""},
        undo=reverse("console:tier_unlock", args=[enrolment_id]),
    )  # fmt: skip
    return _back(request, enrolment)


@console_page()
@require_POST
@writes
@needs_program
def unlock(request: HttpRequest, program: Program, enrolment_id: str) -> HttpResponse:
    """Let the rules decide about somebody again."""
    enrolment = find_enrolment(program, enrolment_id)
    reason, now, by = request.POST.get("reason", ""), clock.now(), actor(request)
    done = _("The rules decide about %(name)s again") % {"name": enrolment.partner.name}
    attempt_or_warn(request, lambda: unlock_tier(enrolment, reason=reason, now=now, by=by), done)
    return _back(request, enrolment)


@console_page()
@require_POST
@writes
@needs_program
def move(request: HttpRequest, program: Program, enrolment_id: str) -> HttpResponse:
    """Move somebody by hand, with a reason."""
    enrolment = find_enrolment(program, enrolment_id)
    try:
        tier = tier_by_key(program.pk, request.POST.get("tier", ""))
    except NotFound as error:
        raise Http404 from error
    reason, now, by = request.POST.get("reason", ""), clock.now(), actor(request)
    done = _("%(name)s is in %(tier)s now") % {"name": enrolment.partner.name, "tier": tier.name}
    attempt_or_warn(request, lambda: move_by_hand(enrolment, tier, reason=reason, now=now, by=by), done)
    return _back(request, enrolment)


@console_page()
@require_POST
@writes
@needs_program
def decide(request: HttpRequest, program: Program, review_id: UUID) -> HttpResponse:
    """Make a move that waits, or leave somebody where they are."""
    review = get_object_or_404(TierReview.objects.select_related("enrolment__partner"), pk=review_id, program=program)
    verdict, reason = request.POST.get("verdict", ""), request.POST.get("reason", "")
    name, now, by = review.enrolment.partner.name, clock.now(), actor(request)
    done = _("%(name)s has moved") if verdict == "moved" else _("%(name)s stays; you are asked again in 30 days")
    attempt_or_warn(
        request, lambda: decide_review(review, verdict, reason=reason, now=now, by=by), done % {"name": name}
    )
    return _back(request, review.enrolment)


@console_page()
@require_POST
@writes
@needs_program
def check_now(request: HttpRequest, program: Program) -> HttpResponse:
    """Evaluate the field now; it replaces what this day's evaluation found."""
    now, back = clock.now(), HttpResponseRedirect(reverse("console:tiers"))
    if Enrolment.objects.filter(program=program, status=Enrolment.Status.ACTIVE).count() > AT_ONCE:
        warn(request, _("This field is large: it is evaluated tonight, or with the command “hanse tiers apply”."))
        return back
    try:
        swept = sweep(program, now, now=now)
    except HanseError as error:
        warn(request, said(error))
        return back
    moves = sum(one.standing.tier != one.state.tier for one in swept.found)
    text = ngettext("Checked: %(n)d partner moved today", "Checked: %(n)d partners moved today", moves) % {"n": moves}
    tell(request, text)
    return back
