"""The tables of Overview as rows: tiers, movers, the way from joining to earning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common.format import ratio
from hanse.faces.common.links import href, partner_href
from hanse.insight.overview.queries import figures_by_enrolment
from hanse.insight.overview.types import Figures, Mover, Overview, Span, Step
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.enrolments.queries import enrolments_of_program
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier

_FILLS = ("power", "growth", "casual", "new", "inactive")


@dataclass(frozen=True, slots=True)
class TierRow:
    """One tier's line."""

    tier: Tier
    href: str
    fill: str
    partners: int
    figures: Figures
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class MoverRow:
    """One partner's line among those who moved the number."""

    name: str
    contact: str
    href: str
    tier: Tier | None
    mover: Mover
    weeks: Sequence[int]


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step's line, with what is lost on the way to it."""

    name: str
    note: str
    partners: int
    of_before: Decimal | None
    is_weakest: bool
    href: str


def tier_rows(tiers: Sequence[Tier], figures: Overview) -> list[TierRow]:
    """Return the tiers from the highest, each with its part of the value."""
    by_id = {one.tier_id: one for one in figures.tiers}
    rows = []
    for place, tier in enumerate(tiers):
        one = by_id.get(tier.id)
        mine = one.figures if one else Figures()
        fill = tier.key if tier.key in _FILLS else _FILLS[min(place, len(_FILLS) - 1)]
        share = ratio(mine.value_minor, figures.now.value_minor) if mine.value_minor else None
        link = f"{href('console:partners')}?tier={tier.key}"
        rows.append(TierRow(tier, link, fill, one.partners if one else 0, mine, share))
    return rows


def mover_rows(
    movers: Sequence[Mover],
    enrolments: Mapping[UUID, Enrolment],
    tiers: Mapping[UUID, Tier],
    weeks: Mapping[UUID, Sequence[int]],
) -> list[MoverRow]:
    """Return the movers with their names, tiers and twelve weeks."""
    rows = []
    for mover in movers:
        enrolment = enrolments.get(mover.enrolment_id)
        if enrolment is None:
            continue
        partner = enrolment.partner
        contact = ", ".join(part for part in (partner.contact_name, partner.country) if part)
        tier = tiers.get(enrolment.tier_id) if enrolment.tier_id else None
        rows.append(
            MoverRow(partner.name, contact, partner_href(partner.id), tier, mover, weeks.get(mover.enrolment_id, ()))
        )
    return rows


def step_rows(steps: Sequence[Step]) -> list[StepRow]:
    """Return the steps in words; the one that loses most is marked when a third or more are lost there."""
    shares = [None] + [ratio(step.partners, before.partners) for before, step in pairwise(steps)]
    known = [share for share in shares if share is not None]
    weakest = min(known, default=None)
    partners = href("console:partners")
    words = {
        "enrolled": (_("Enrolled"), _("in the last 12 months"), ""),
        "first_click": (_("First click"), "", f"{partners}?had=never_clicked"),
        "first_sale": (_("First sale"), "", f"{partners}?had=no_sale"),
        "active": (_("Active"), _("a sale in the last 90 days"), f"{partners}?had=active"),
    }
    rows = []
    for step, share in zip(steps, shares, strict=True):
        name, note, link = words[step.key]
        is_weakest = share is not None and share == weakest and share < Decimal("0.67")
        rows.append(StepRow(name, note or _median(step), step.partners, share, is_weakest, link))
    return rows


def partner_export(program: Program, span: Span) -> Iterator[tuple[tuple[str, str], Figures]]:
    """Yield every partner with figures in the span, for the file."""
    figures = figures_by_enrolment(program.id, span)
    for enrolment in enrolments_of_program(program.id):
        if enrolment.id in figures:
            yield (enrolment.partner.name, enrolment.partner.email), figures[enrolment.id]


def _median(step: Step) -> str:
    if step.median_days is None:
        return ""
    return ngettext("median day %(n)d", "median day %(n)d", step.median_days) % {"n": step.median_days}
