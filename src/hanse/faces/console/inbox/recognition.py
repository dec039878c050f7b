"""Recognition: days worth a word, thanks and gifts, tips that partners share, the leaderboard."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common import format as fmt
from hanse.faces.common.access import actor, console_page, may, team_member, writes
from hanse.faces.common.links import id_or_404
from hanse.faces.common.page import needs_program, warn
from hanse.faces.common.reader import reader
from hanse.faces.console.forms import attempt_or_warn, said
from hanse.faces.console.inbox.frame import inbox_page, partner_named
from hanse.growth.recognition import actions, queries
from hanse.growth.recognition.models import Board, BoardConsent, Occasion, Tip
from hanse.growth.today.queries import forget_count
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Refused
from hanse.kernel.ids import text_id
from hanse.kernel.money import parse_amount_minor
from hanse.money.benefits.models import Benefit
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

SHOWN = 50


@console_page()
@needs_program
@require_GET
def recognition(request: HttpRequest, program: Program) -> HttpResponse:
    """Show what is worth a word, what partners share, and the board."""
    now, chosen = clock.now(), request.GET.get("for", "")
    waiting = [
        (text_id("occ", row.pk), row, occasion_words(row)) for row in queries.occasions_waiting(program, now)[:SHOWN]
    ]
    first = next((one for one in waiting if one[0] == chosen), None)
    thanks = list(queries.thanks_in(program.pk)[:SHOWN])
    owed = {row.origin: row for row in Benefit.objects.filter(program=program, origin__startswith="thanks:")}
    board, places = queries.board_of(program, now)
    context = {
        "program": program, "waiting": waiting, "chosen": first, "may_act": may(request), "kinds": kind_words(),
        "thanks": [(row, kind_words()[row.kind], owed.get(f"thanks:{row.pk}")) for row in thanks],
        "tips": queries.offered_tips(program.pk)[:SHOWN], "shared": queries.shared_tips(program.pk)[:SHOWN],
        "board": board or Board.objects.filter(program=program).first() or Board(program=program), "places": places,
        "agreed": BoardConsent.objects.filter(enrolment__program=program).count(),
        "partners": list(_partners(program).values_list("partner__name", flat=True)[:500]),
    }  # fmt: skip
    return inbox_page(request, "console/inbox/recognition.html", "thanks", context)


def kind_words() -> dict[str, str]:
    """Return how kinds of thanks are called."""
    return {
        "advice": _("for advice"), "content": _("for content"), "help": _("for help"), "record": _("for a record"),
        "anniversary": _("for years together"),
    }  # fmt: skip


def occasion_words(row: Occasion) -> str:
    """Say what an occasion is."""
    if row.kind == Occasion.Kind.ANNIVERSARY:
        return ngettext("one year with us", "%(n)d years with us", row.number) % {"n": row.number}
    return _("%(n)d sales in %(month)s, the best month ever (before: %(before)d)") % {
        "n": row.number, "before": row.before,
        "month": fmt.month(date.fromisoformat(f"{row.key}-01"), reader().language),
    }  # fmt: skip


def _partners(program: Program) -> Any:
    return Enrolment.objects.filter(program=program, status="active", is_test=False).order_by("partner__name")


@console_page()
@require_POST
@writes
@needs_program
def thank(request: HttpRequest, program: Program) -> HttpResponse:
    """Thank somebody, perhaps with a gift."""
    sent, back = request.POST, HttpResponseRedirect(reverse("console:recognition"), status=303)
    occasion = None
    if sent.get("occasion"):
        occasion = get_object_or_404(Occasion, pk=id_or_404("occ", str(sent["occasion"])), program=program)
    rows = _partners(program).select_related("partner", "program")
    row = rows.filter(pk=occasion.enrolment_id).first() if occasion else None
    name = str(sent.get("partner", "")).strip()[:200]
    try:
        row = row or partner_named(rows, name)
    except Refused as error:
        warn(request, error.message)
        return back
    try:
        worth = parse_amount_minor(str(sent.get("worth")), program.currency) if sent.get("worth") else 0
    except Invalid as error:
        warn(request, said(error))
        return back
    attempt_or_warn(
        request,
        lambda: actions.thank(
            row, kind=str(sent.get("kind", "")), text=str(sent.get("text", "")), gift=str(sent.get("gift", "")),
            gift_worth_minor=worth, occasion=occasion, is_mailed="mail" in sent, now=clock.now(),
            by=team_member(request),
        ),
        _("%(name)s is thanked.") % {"name": row.partner.name},
    )  # fmt: skip
    forget_count(program.pk)
    return back


@console_page()
@require_POST
@writes
@needs_program
def tip(request: HttpRequest, program: Program, tip_id: UUID) -> HttpResponse:
    """Publish a tip, or leave it."""
    row = get_object_or_404(Tip, pk=tip_id, program=program)
    act = actions.publish_tip if request.POST.get("act") == "publish" else actions.withdraw_tip
    attempt_or_warn(request, lambda: act(row, now=clock.now(), by=actor(request)), _("Done"))
    forget_count(program.pk)
    return HttpResponseRedirect(reverse("console:recognition"), status=303)


@console_page()
@require_POST
@writes
@needs_program
def board(request: HttpRequest, program: Program) -> HttpResponse:
    """Switch the board on or off."""
    sent = request.POST
    days, places = (int(text) if (text := str(sent.get(name, ""))).isdigit() and len(text) < 5 else -1
                    for name in ("days", "places"))  # fmt: skip
    attempt_or_warn(
        request,
        lambda: actions.set_board(
            program, is_on="on" in sent, window_days=days, places=places, now=clock.now(), by=actor(request)
        ),
        _("Kept"),
    )
    return HttpResponseRedirect(reverse("console:recognition"), status=303)
