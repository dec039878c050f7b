"""What is done on a partner's page: notes, standing, links, codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.common.links import bare_id, id_or_404, partner_href
from hanse.faces.common.page import needs_program, warn
from hanse.faces.common.reader import reader
from hanse.faces.console.forms import attempt_or_warn
from hanse.growth.today.queries import forget_count
from hanse.kernel import clock
from hanse.people.access.actions import close_login, create_partner_login, reopen_login
from hanse.people.access.queries import partner_people
from hanse.people.partners.actions import add_note
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.actions import change_status, enrol
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.queries import first_offer
from hanse.programs.programs.models import Program
from hanse.traffic.coupons.actions import archive_coupon, create_coupon
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.actions import archive_link, create_link, restore_link
from hanse.traffic.links.models import Link

Act = Callable[[HttpRequest, Program, Partner], str]


def _act(act: Act) -> Callable[..., HttpResponseBase]:
    """Make a POST view of an act: find the partner, do it, go back to the partner's page (or where the act says)."""

    @console_page()
    @require_POST
    @writes
    @needs_program
    def view(request: HttpRequest, program: Program, partner_id: str) -> HttpResponse:
        partner = get_object_or_404(Partner, id=id_or_404("prt", partner_id))
        path = act(request, program, partner)
        forget_count(program.id)
        return HttpResponseRedirect(path or partner_href(partner.id))

    return view


def _enrolment(program: Program, partner: Partner) -> Enrolment:
    return get_object_or_404(Enrolment, program=program, partner=partner)


@_act
def note(request: HttpRequest, program: Program, partner: Partner) -> str:
    """Keep a note."""
    text = request.POST.get("text", "")
    attempt_or_warn(request, lambda: add_note(partner, text, now=clock.now(), by=actor(request)), _("Note kept"))
    return ""


@_act
def status(request: HttpRequest, program: Program, partner: Partner) -> str:
    """Pause, resume, suspend or end."""
    enrolment, now = _enrolment(program, partner), clock.now()
    wanted, reason = request.POST.get("status", ""), request.POST.get("reason", "").strip()
    said = {
        "active": _("%(name)s is active again"),
        "paused": _("%(name)s is paused"),
        "suspended": _("%(name)s is suspended"),
        "ended": _("The enrolment of %(name)s has ended"),
    }.get(wanted, "%(name)s")
    attempt_or_warn(
        request,
        lambda: change_status(enrolment, wanted, at=now, now=now, reason=reason, by=actor(request)),
        said % {"name": partner.name},
    )
    return ""


@_act
def join(request: HttpRequest, program: Program, partner: Partner) -> str:
    """Enrol a known partner in the chosen program."""
    now = clock.now()
    attempt_or_warn(
        request,
        lambda: enrol(partner, program, enrolled_at=now, now=now, by=actor(request)),
        _("%(name)s is enrolled in %(program)s") % {"name": partner.name, "program": program.name},
    )
    return ""


@_act
def link(request: HttpRequest, program: Program, partner: Partner) -> str:
    """Make a link."""
    offer = first_offer(program.id)
    if offer is None:
        warn(request, _("The program has no offer yet: a link needs somewhere to lead."))
        return ""
    enrolment, answers = _enrolment(program, partner), request.POST
    attempt_or_warn(
        request,
        lambda: create_link(
            enrolment, offer, slug=answers.get("slug", "").strip() or None, label=answers.get("label", ""),
            destination_url=answers.get("destination_url", "").strip() or None, now=clock.now(), by=actor(request),
        ),
        _("The link works"),
    )  # fmt: skip
    return ""


@_act
def coupon(request: HttpRequest, program: Program, partner: Partner) -> str:
    """Give a code."""
    enrolment, answers = _enrolment(program, partner), request.POST
    typed = answers.get("ends_on", "").strip()
    try:
        last = date.fromisoformat(typed) if typed else None
    except ValueError:  # a code without an end is not what was asked for
        warn(request, _("A day is written like 2026-05-31."))
        return ""
    ends_at = datetime.combine(last, time.max, tzinfo=reader().zone) if last else None
    attempt_or_warn(
        request,
        lambda: create_coupon(
            enrolment, code=answers.get("code", ""), description=answers.get("description", ""), ends_at=ends_at,
            now=clock.now(), by=actor(request),
        ),
        _("The code attributes from now on"),
    )  # fmt: skip
    return ""


@_act
def switch_off(request: HttpRequest, program: Program, partner: Partner) -> str:
    """Archive a link or a code of theirs."""
    now, by, key = clock.now(), actor(request), request.POST.get("key", "")
    if request.POST.get("kind") == "code":
        code = get_object_or_404(Coupon, id=bare_id(key), enrolment__partner=partner)
        attempt_or_warn(request, lambda: archive_coupon(code, now=now, by=by), _("The code attributes no more"))
        return ""
    row = get_object_or_404(Link, id=bare_id(key), enrolment__partner=partner)
    back = f"{partner_href(partner.id)}/switch-on?key={row.id}"
    attempt_or_warn(request, lambda: archive_link(row, now=now, by=by), _("The link is switched off"), undo=back)
    return ""


@_act
def switch_on(request: HttpRequest, program: Program, partner: Partner) -> str:
    """Switch an archived link on again."""
    row = get_object_or_404(Link, id=bare_id(request.GET.get("key", "")), enrolment__partner=partner)
    now, by = clock.now(), actor(request)
    attempt_or_warn(request, lambda: restore_link(row, now=now, by=by), _("The link works again"))
    return ""


@_act
def logins(request: HttpRequest, program: Program, partner: Partner) -> str:
    """Close a login of theirs, open it again, or give their present address one: a wrong address must not stay in."""
    does, now, by = request.POST.get("do", ""), clock.now(), actor(request)
    if does == "give":
        done = _("%(email)s can sign in now.") % {"email": partner.email}
        attempt_or_warn(request, lambda: create_partner_login(partner, now=now, by=by), done)
        return f"{partner_href(partner.id)}/edit"
    person = get_object_or_404(partner_people(partner.id), pk=bare_id(request.POST.get("person", "")))
    name = {"name": person.name or person.email}
    if does == "close":
        done = _("%(name)s can no longer sign in.") % name
        attempt_or_warn(request, lambda: close_login(person, now=now, by=by), done)
    elif does == "reopen":
        attempt_or_warn(request, lambda: reopen_login(person, now=now, by=by), _("%(name)s can sign in again.") % name)
    return f"{partner_href(partner.id)}/edit"
