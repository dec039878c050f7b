"""Meetings: calls and office hours, who was invited, what they said, who came."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common import format as fmt
from hanse.faces.common.access import actor, console_page, may, team_member, writes
from hanse.faces.common.links import bare_id, id_or_404
from hanse.faces.common.page import needs_program, tell, warn
from hanse.faces.common.reader import reader
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.inbox.frame import inbox_page
from hanse.growth.meetings import actions, queries
from hanse.growth.meetings.models import Meeting
from hanse.growth.meetings.rules import is_over
from hanse.growth.today.queries import forget_count
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of

SHOWN = 100


@console_page()
@needs_program
@require_GET
def meetings(request: HttpRequest, program: Program) -> HttpResponse:
    """List what is ahead and what was."""
    now, rows = reader(), list(queries.meetings_of(program.pk).order_by("-starts_at")[:SHOWN])
    ahead = [row for row in rows if row.cancelled_at is None and not is_over(row.starts_at, row.minutes, now.now)]
    shown = [
        (text_id("mtg", row.pk), row, row in ahead) for row in (*reversed(ahead), *(r for r in rows if r not in ahead))
    ]
    partners = Enrolment.objects.filter(program=program, status="active", is_test=False).select_related("partner")
    context = {
        "program": program, "meetings": shown, "ahead": len(ahead), "may_act": may(request),
        "tiers": tiers_of(program.pk), "kinds": kind_words(), "next": ahead[-1] if ahead else None,
        "partners": list(partners.order_by("partner__name").values_list("partner__name", flat=True)[:500]),
    }  # fmt: skip
    return inbox_page(request, "console/inbox/meetings.html", "meetings", context)


def kind_words() -> dict[str, str]:
    """Return how kinds of meetings are called."""
    return {
        "call": _("Call"), "office_hours": _("Office hours"), "onboarding": _("Live onboarding"),
        "webinar": _("Webinar"),
    }  # fmt: skip


@console_page()
@require_POST
@writes
@needs_program
def plan(request: HttpRequest, program: Program) -> HttpResponse:
    """Plan a meeting and invite: partners by name or address, and whole tiers."""
    sent, now, by = request.POST, clock.now(), actor(request)
    back = HttpResponseRedirect(reverse("console:meetings"), status=303)

    def act() -> None:
        meeting = actions.plan_meeting(
            program, kind=str(sent.get("kind", "")), title=str(sent.get("title", "")),
            starts_at=_moment(request, program) or now, minutes=_number(sent.get("minutes")),
            place=str(sent.get("place", "")), agenda=str(sent.get("agenda", "")), host=team_member(request), now=now,
            by=by,
        )  # fmt: skip
        actions.invite(meeting, _wanted(request, program), now=now, by=by)

    attempt_or_warn(request, act, _("Planned; the invitations go out at once."))
    forget_count(program.pk)
    return back


def _wanted(request: HttpRequest, program: Program) -> list[Enrolment]:
    rows = Enrolment.objects.filter(program=program, status="active", is_test=False)
    rows = rows.select_related("partner", "tier")
    named = [one.strip() for one in str(request.POST.get("partners", "")).replace("\n", ",").split(",") if one.strip()]
    found = {row.pk: row for row in rows.filter(tier__key__in=request.POST.getlist("tiers"))[:600]}
    meant: dict[str, list[Enrolment]] = {one.casefold(): [] for one in named[:200]}
    for row in rows.filter(_named(named[:200])):
        for word in {row.partner.name.casefold(), row.partner.email.casefold()} & meant.keys():
            meant[word].append(row)
    found |= {one[0].pk: one[0] for one in meant.values() if len(one) == 1}
    if unclear := [word for word in named[:200] if len(meant[word.casefold()]) != 1]:
        message = _("Not invited, since nobody or several are called so: %(names)s. Write their addresses.")
        warn(request, message % {"names": ", ".join(unclear[:10])})
    return list(found.values())


def _named(words: list[str]) -> Q:
    found = Q(pk=None)
    for word in words:
        found |= Q(partner__name__iexact=word) | Q(partner__email__iexact=word)
    return found


def _moment(request: HttpRequest, program: Program) -> datetime | None:
    try:
        local = datetime.fromisoformat(f"{request.POST.get('on', '')}T{request.POST.get('at', '')}")
    except ValueError:
        return None
    return local.replace(tzinfo=ZoneInfo(program.time_zone)) if local.tzinfo is None else None


def _number(text: object) -> int:
    plain = str(text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 7 else -1


@console_page()
@needs_program
@require_GET
def meeting(request: HttpRequest, program: Program, meeting_id: str) -> HttpResponse:
    """Show one meeting with everybody invited."""
    row, now = _find(program, meeting_id), reader()
    over = is_over(row.starts_at, row.minutes, now.now)
    invited = list(queries.invitations_of(row.pk))
    local = row.starts_at.astimezone(ZoneInfo(program.time_zone))
    context = {
        "program": program, "row": row, "text_id": meeting_id, "invited": invited, "over": over,
        "may_act": may(request), "kind": kind_words()[row.kind], "answers": answer_words(),
        "yes": sum(1 for one in invited if one.answer == "accepted"),
        "came": sum(1 for one in invited if one.was_there),
        "when": fmt.long_day(row.starts_at.astimezone(now.zone).date(), now.language, weekday=True),
        "on": f"{local:%Y-%m-%d}", "at": f"{local:%H:%M}",
        "has_begun": row.starts_at <= now.now, "cancel_fields": {"act": "cancel"},
    }  # fmt: skip
    return inbox_page(request, "console/inbox/meeting.html", "meetings", context)


def answer_words() -> dict[str, tuple[str, str]]:
    """Return how answers are called, with their colour."""
    return {
        "none": (_("no answer yet"), ""), "accepted": (_("comes"), "sea"), "tentative": (_("perhaps"), "ochre"),
        "declined": (_("does not come"), ""), "waiting": (_("waits for a seat"), "ochre"),
    }  # fmt: skip


def _find(program: Program, text: str) -> Meeting:
    rows = Meeting.objects.select_related("host", "program")
    return get_object_or_404(rows, pk=id_or_404("mtg", text), program=program)


@console_page()
@require_POST
@writes
@needs_program
def change(request: HttpRequest, program: Program, meeting_id: str) -> HttpResponse:
    """Change, cancel, invite more, or note who came."""
    row, sent, now, by = _find(program, meeting_id), request.POST, clock.now(), actor(request)
    act = sent.get("act")
    if act == "cancel":
        attempt_or_warn(request, lambda: actions.cancel_meeting(row, now=now, by=by), _("Cancelled; they are told."))
    elif act == "held":
        there = [found for one in sent.getlist("there") if (found := bare_id(one)) is not None]
        attempt_or_warn(
            request, lambda: actions.note_held(row, there=there, notes=str(sent.get("notes", "")), now=now, by=by),
            _("Noted"),
        )  # fmt: skip
    elif act == "invite":
        _invite(request, program, row, now, by)
    else:
        attempt_or_warn(
            request,
            lambda: actions.change_meeting(
                row, title=str(sent.get("title", "")), starts_at=_moment(request, program) or row.starts_at,
                minutes=_number(sent.get("minutes")), place=str(sent.get("place", "")),
                agenda=str(sent.get("agenda", "")), now=now, by=by,
            ),
            _("Changed; they are told."),
        )  # fmt: skip
    forget_count(program.pk)
    return HttpResponseRedirect(reverse("console:meeting", args=[meeting_id]), status=303)


def _invite(request: HttpRequest, program: Program, row: Meeting, now: datetime, by: str) -> None:
    wanted, counted = _wanted(request, program), list[int]()
    if attempt_or_warn(request, lambda: counted.append(actions.invite(row, wanted, now=now, by=by)), _("Invited")):
        count = counted[0]
        tell(request, ngettext("%(n)d more is invited.", "%(n)d more are invited.", count) % {"n": count})
