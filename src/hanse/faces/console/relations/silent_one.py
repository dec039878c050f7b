"""One silent partner: what the rule saw, the play for it, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hanse.faces.common import format as fmt
from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.facts import fact_lines
from hanse.faces.common.links import href, id_or_404, partner_href
from hanse.faces.common.page import console, needs_program, tell, warn
from hanse.faces.common.reader import reader
from hanse.faces.console.relations.frame import partner_tabs
from hanse.growth.silence.actions import MAX_NOTE, note_play
from hanse.growth.silence.models import SilentSpell
from hanse.growth.silence.plays import PLAYS
from hanse.growth.silence.queries import silence_of
from hanse.growth.silence.types import Signal
from hanse.kernel import clock
from hanse.kernel.errors import HanseError
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

_SPELLS = 20


@dataclass(frozen=True, slots=True)
class Seen:
    """One signal as the rule saw it."""

    name: str
    days: int
    usual: str
    limit: str
    since: str
    is_own: bool
    is_quiet: bool


@console_page()
@writes
@needs_program
def silent_one(request: HttpRequest, program: Program, enrolment_id: str) -> HttpResponse:
    """Show one silence; POST writes down that its play was done."""
    rows = Enrolment.objects.select_related("partner", "tier").filter(program=program)
    enrolment = rows.filter(pk=id_or_404("enr", enrolment_id)).first()
    if enrolment is None:
        raise Http404
    if request.method == "POST":
        return _done(request, enrolment)
    silence = silence_of([enrolment.pk]).get(enrolment.pk)
    spells = list(SilentSpell.objects.filter(enrolment=enrolment).order_by("-found_on")[:_SPELLS])
    now = reader()
    context = {
        "program": program, "enrolment": enrolment, "partner": enrolment.partner, "silence": silence,
        "play": PLAYS[silence.cause] if silence else None, "tabs": partner_tabs("silent"),
        "signals": _signals(silence.evidence.get("signals", {})) if silence else [],
        "facts": fact_lines(enrolment, program.currency, limit=5), "may_act": may(request), "max_note": MAX_NOTE,
        "partner_href": partner_href(enrolment.partner_id),
        "last_sign": fmt.day(silence.last_sign_on, now.today, now.language)
        if silence and silence.last_sign_on else "",
        "since": fmt.day(silence.since, now.today, now.language) if silence else "",
        "spells": [(spell, *_spell_days(spell), PLAYS[spell.cause].name) for spell in spells],
        "here": spells[0] if silence and spells and spells[0].ended_on is None else None,
    }  # fmt: skip
    return console(request, "console/relations/silent_one.html", "partners", context)


def _spell_days(spell: SilentSpell) -> tuple[str, str]:
    now = reader()
    ended = fmt.day(spell.ended_on, now.today, now.language) if spell.ended_on else ""
    return fmt.day(spell.found_on, now.today, now.language), ended


def _done(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    try:
        note_play(enrolment.pk, note=request.POST.get("note", ""), now=clock.now(), by=actor(request))
    except HanseError as error:
        warn(request, str(error))
    else:
        tell(request, _("Noted. They are off the list of Today until they fall silent again."))
    return HttpResponseRedirect(href("console:silent"))


def _signals(evidence: Mapping[str, Mapping[str, object]]) -> list[Seen]:
    names = signal_names()
    found = [(signal, evidence[signal]) for signal in Signal if signal in evidence]
    return [
        Seen(
            names[signal], int(str(one["days"])), _days(one["usual"]), _days(one["limit"]),
            "–" if one["since"] is None else _days(one["since"]), bool(one["own"]), bool(one["quiet"]),
        )
        for signal, one in found
    ]  # fmt: skip


def _days(value: object) -> str:
    return fmt.number(round(Decimal(str(value)), 1).normalize() + 0, reader().language)


def signal_names() -> dict[str, str]:
    """Return what signals are called."""
    return {
        Signal.CLICK: _("Clicks"), Signal.CONVERSION: _("Sales"), Signal.COUPON: _("Use of codes"),
        Signal.PIECE: _("Pieces published"), Signal.LOGIN: _("Visits to the portal"),
        Signal.PRODUCT: pgettext("signal", "Use of the product"),
    }  # fmt: skip
