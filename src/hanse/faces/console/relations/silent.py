"""Silent: who has gone quiet against their own rhythm, why, what is at stake and what to do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.access import console_page
from hanse.faces.common.links import href, partner_href
from hanse.faces.common.page import console, needs_program
from hanse.faces.common.reader import Reader, reader
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.relations.frame import partner_tabs
from hanse.growth.silence.models import Silence, SilentSpell
from hanse.growth.silence.plays import PLAYS, Play
from hanse.growth.silence.queries import silent_in
from hanse.kernel.ids import text_id
from hanse.kernel.money import decimal_text
from hanse.programs.programs.models import Program


@dataclass(frozen=True, slots=True)
class Row:
    """One silent partner as the list writes them."""

    silence: Silence
    play: Play
    href: str
    partner_href: str
    last_sign: str
    since: str
    is_done: bool
    is_left_alone: bool


@console_page()
@needs_program
def silent(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List the silent partners, most value at stake first; the same list as CSV."""
    state, now = UrlState(request.GET), reader()
    every = silent_in(program.pk)
    causes = Counter(every.order_by().values_list("cause", flat=True))
    cause = state.choice("cause", PLAYS)
    table = Table(state, every.filter(cause=cause) if cause else every, _columns(program), "-stake")
    if wants_csv(request):
        return export(f"silent-{now.today}", table)
    shown = list(table.page_rows)
    spells = {
        spell.enrolment_id: spell
        for spell in SilentSpell.objects.filter(
            enrolment__in=[row.enrolment_id for row in shown], ended_on=None
        ).order_by("found_on")
    }
    stakes = every.order_by().values_list("value_at_stake_minor", flat=True)
    context = {
        "program": program, "table": table, "cause": cause, "tabs": partner_tabs("silent", {"silent": causes.total()}),
        "rows": [_row(row, spells.get(row.enrolment_id), now) for row in shown], "silent": causes.total(),
        "at_stake_minor": sum(stakes), "causes": _causes(state, causes, cause),
    }  # fmt: skip
    return console(request, "console/relations/silent.html", "partners", context)


def _causes(state: UrlState, counts: Counter[str], chosen: str) -> list[tuple[str, int, str, bool]]:
    """Return the causes that are there: name, how many, link, whether it is chosen."""
    found = [
        (str(play.name), counts[key], state.link(cause=key), key == chosen) for key, play in PLAYS.items()
        if counts[key] or key == chosen
    ]  # fmt: skip
    return [(_("All"), counts.total(), state.link(cause=""), not chosen), *found]


def _row(row: Silence, spell: SilentSpell | None, now: Reader) -> Row:
    last = _("never") if row.cause == "never_launched" else "–"
    if row.last_sign_on:
        last = fmt.day(row.last_sign_on, now.today, now.language)
    return Row(
        row, PLAYS[row.cause], href("console:silent_one", text_id("enr", row.enrolment_id)),
        partner_href(row.enrolment.partner_id), last, fmt.day(row.since, now.today, now.language),
        spell is not None and spell.acted_at is not None, spell is not None and spell.is_left_alone,
    )  # fmt: skip


def _columns(program: Program) -> list[Column[Silence]]:
    return [
        Column("name", _("Partner"), ("enrolment__partner__name",), lambda row: row.enrolment.partner.name),
        Column("cause", _("Cause"), ("cause",), lambda row: str(PLAYS[row.cause].name)),
        Column("last", _("Last sign"), ("last_sign_on",), lambda row: row.last_sign_on or ""),
        Column("since", _("Silent since"), ("since",), lambda row: row.since),
        Column(
            "stake", _("At stake"), ("value_at_stake_minor",),
            lambda row: decimal_text(row.value_at_stake_minor, program.currency), is_number=True,
        ),
        Column("play", _("What to do"), (), lambda row: str(PLAYS[row.cause].todo)),
    ]  # fmt: skip
