"""One challenge: who is how far, what waits for a person, opening it and ending it early."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.challenge_words import (
    amount_words,
    goal_words,
    prize_words,
    stage_words,
    standing_words,
)
from hanse.faces.common.links import id_or_404, partner_href
from hanse.faces.common.page import needs_program
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.acts import ADJUST, CHANGE
from hanse.faces.console.forms import attempt_or_warn
from hanse.faces.console.kinds.condition_words import condition_words, field_names
from hanse.faces.console.kinds.frame import kinds_page
from hanse.growth.audiences.queries import members_of, read_condition
from hanse.growth.challenges.actions import cancel_challenge, open_challenge
from hanse.growth.challenges.deciding import accept_entry, decline_entry, take_prize_back
from hanse.growth.challenges.models import Challenge, ChallengeEntry
from hanse.growth.challenges.queries import standings_of
from hanse.growth.challenges.rules import LIVE, stage_of
from hanse.growth.challenges.settling import notice_reached
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

_MOST_LISTED = 20_000
_ORDER = ("waiting", "reached", "won", "going", "full", "lapsed", "declined", "taken_back", "missed")


@console_page()
@needs_program
@require_GET
def challenge(request: HttpRequest, program: Program, challenge_id: str) -> HttpResponseBase:
    """Show a challenge with everybody it is meant for, the furthest first."""
    row, now = _challenge(program, challenge_id), clock.now()
    entries = {one.enrolment_id: one for one in row.entries.all()}
    meant = {*members_of(program.pk, read_condition(row.audience), now), *entries}
    listed = set(entries) if row.metric == Challenge.Metric.PROOF or len(meant) > _MOST_LISTED else meant
    people = list(Enrolment.objects.filter(pk__in=listed).select_related("partner"))
    standings = standings_of(row, people, now)
    rows = [
        {
            "enrolment": one, "entry": entries.get(one.pk), "progress": standings[one.pk],
            "id": text_id("che", entries[one.pk].pk) if one.pk in entries else "",
            "href": partner_href(one.partner_id), "word": standing_words(standings[one.pk].standing),
            "amount": amount_words(row, standings[one.pk].amount),
        }
        for one in people
    ]  # fmt: skip
    table = Table(UrlState(request.GET), rows, _columns(), "standing", page_size=50)
    if wants_csv(request):
        return export("challenge", table)
    live = sum(1 for one in entries.values() if one.state in LIVE)
    context = {
        "challenge": row, "id": challenge_id, "table": table, "rows": table.page_rows, "goal": goal_words(row),
        "prize": prize_words(row), "stage": stage_of(row, reader().today, program.hold_days),
        "stage_word": stage_words(stage_of(row, reader().today, program.hold_days)), "meant": len(meant), "live": live,
        "won": sum(1 for one in entries.values() if one.state == "won"),
        "audience": condition_words(row.audience, program.currency, field_names()),
        "cost_minor": live * row.prize_minor, "may_change": may(request, CHANGE), "may_act": may(request),
        "may_money": may(request, ADJUST),
    }  # fmt: skip
    return kinds_page(request, program, "console/kinds/challenge.html", "challenges", context)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def start(request: HttpRequest, program: Program, challenge_id: str) -> HttpResponse:
    """Open a challenge to its audience."""
    row = _challenge(program, challenge_id)

    def act() -> None:
        now = clock.now()
        open_challenge(row, now=now, by=actor(request))
        notice_reached(row, now)

    attempt_or_warn(request, act, _("Open. Partners see it in their portal now."))
    return _back(challenge_id)


@console_page(write_roles=CHANGE)
@require_POST
@writes
@needs_program
def end(request: HttpRequest, program: Program, challenge_id: str) -> HttpResponse:
    """End a challenge early."""
    row, reason = _challenge(program, challenge_id), str(request.POST.get("reason", ""))
    attempt_or_warn(
        request, lambda: cancel_challenge(row, reason=reason, now=clock.now(), by=actor(request)),
        _("Ended. Who had reached it is still paid."),
    )  # fmt: skip
    return _back(challenge_id)


@console_page()
@require_POST
@writes
@needs_program
def accept(request: HttpRequest, program: Program, challenge_id: str, entry_id: str) -> HttpResponse:
    """Say yes: the prize is booked."""
    return _decide(
        request, program, challenge_id, entry_id,
        lambda entry, _reason: accept_entry(entry, now=clock.now(), by=actor(request)),
        _("Accepted. The prize is theirs, and they know."),
    )  # fmt: skip


@console_page()
@require_POST
@writes
@needs_program
def decline(request: HttpRequest, program: Program, challenge_id: str, entry_id: str) -> HttpResponse:
    """Say no, with a reason."""
    return _decide(
        request, program, challenge_id, entry_id,
        lambda entry, reason: decline_entry(entry, reason=reason, now=clock.now(), by=actor(request)),
        _("Declined. They read your reason, and can send it again while it runs."),
    )  # fmt: skip


@console_page(write_roles=ADJUST)
@require_POST
@writes
@needs_program
def take_back(request: HttpRequest, program: Program, challenge_id: str, entry_id: str) -> HttpResponse:
    """Take a prize back."""
    return _decide(
        request, program, challenge_id, entry_id,
        lambda entry, reason: take_prize_back(entry, reason=reason, now=clock.now(), by=actor(request)),
        _("Taken back by a second booking."),
    )  # fmt: skip


def _decide(
    request: HttpRequest, program: Program, challenge_id: str, entry_id: str,
    act: Callable[[ChallengeEntry, str], object], done: str,
) -> HttpResponse:  # fmt: skip
    row = _challenge(program, challenge_id)
    entry = get_object_or_404(ChallengeEntry, pk=id_or_404("che", entry_id), challenge=row)
    attempt_or_warn(request, lambda: act(entry, str(request.POST.get("reason", ""))), done)
    return _back(challenge_id)


def _challenge(program: Program, challenge_id: str) -> Challenge:
    rows = Challenge.objects.select_related("program")
    return get_object_or_404(rows, pk=id_or_404("chl", challenge_id), program=program)


def _back(challenge_id: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("console:challenge", args=[challenge_id]), status=303)


def _columns() -> list[Column[Any]]:
    return [
        Column("partner", _("Partner"), lambda row: row["enrolment"].partner.name.lower(),
               lambda row: row["enrolment"].partner.name),
        Column("standing", _("Standing"),
               lambda row: (_ORDER.index(row["progress"].standing), -row["progress"].amount),
               lambda row: row["word"][0]),
        Column("amount", _("So far"), lambda row: row["progress"].amount, lambda row: row["amount"], is_number=True),
    ]  # fmt: skip
