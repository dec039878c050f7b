"""A draft tried on last year's real orders: what it would have cost, who gains, who loses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.reader import reader
from hanse.faces.common.risk_chart import risk_chart
from hanse.faces.console.programs.terms_scope import Scope
from hanse.kernel.clock import day_starts_at, local_day
from hanse.kernel.ids import text_id
from hanse.money.whatif.asking import risk_against
from hanse.money.whatif.queries import what_if
from hanse.money.whatif.samples import samples
from hanse.money.whatif.types import Draft, Effect, WhatIf
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.terms.types import TermsBody

SHOWN = 100


@dataclass(frozen=True, slots=True)
class TriedRow:
    """One partner's row, with the widths of its bar on a line of 120: loss to the left of 60, gain to the right."""

    effect: Effect
    partner_id: str
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Tried:
    """The answer with its period; `rows` are the partners with the largest changes."""

    result: WhatIf
    period: str
    rows: list[TriedRow]
    more: int

    @property
    def change_minor(self) -> int:
        """What the draft would have cost more, or (below zero) less."""
        return self.result.after_minor - self.result.before_minor


def trial(program: Program, scope: Scope, terms: TermsBody, now: datetime) -> dict[str, Any]:
    """Return everything that the page shows of a draft that is tried: last year, the risk, some orders in steps."""
    found = tried(program, scope, terms, now)
    risk, against = risk_against(program, terms, found.result, scope.body, now)
    chart = None
    if risk is not None and against is not None:
        stands = [(one.name, one.value_minor, one.after_minor) for one in found.result.effects[:4]]
        chart = risk_chart(
            reader(), program.currency, risk, _("Draft"), _("In force"), title=_("Who carries the risk"), stands=stands
        )  # fmt: skip
    return {"tried": found, "risk": chart, "samples": samples(_draft(program, scope, terms), program.currency, now)}


def _draft(program: Program, scope: Scope, terms: TermsBody) -> Draft:
    return Draft(
        program.pk, scope.tier.pk if scope.tier else None, scope.enrolment.pk if scope.enrolment else None, terms
    )


def tried(program: Program, scope: Scope, terms: TermsBody, now: datetime) -> Tried:
    """Price the year that ended yesterday under the draft."""
    today = local_day(now, program.time_zone)
    first = today - timedelta(days=365)
    since, until = day_starts_at(first, program.time_zone), day_starts_at(today, program.time_zone)
    result = what_if(_draft(program, scope, terms), since, until)
    shown = list(result.effects[:SHOWN])
    partners = dict(
        Enrolment.objects.filter(pk__in=[one.enrolment_id for one in shown]).values_list("pk", "partner_id")
    )
    largest = max((abs(one.change_minor) for one in shown), default=0) or 1
    rows = []
    for one in shown:
        width = abs(one.change_minor) * 60 // largest
        x = 60 if one.change_minor >= 0 else 60 - width
        rows.append(TriedRow(one, text_id("prt", partners[one.enrolment_id]), x, width))
    period = fmt.day_range(first, today - timedelta(days=1), reader().language)
    return Tried(result, period, rows, len(result.effects) - len(shown))
