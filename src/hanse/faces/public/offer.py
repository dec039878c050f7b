"""What a program offers, said in public: what one earns, when it is paid, when a sale counts, what others earn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.faces.common.format import month, number, rate
from hanse.faces.common.goals import goal_names
from hanse.growth.recruiting.queries import offered_terms
from hanse.insight.earnings.queries import median_months
from hanse.insight.earnings.types import TierEarnings
from hanse.kernel.clock import add_months, first_day_of, local_day
from hanse.money.payouts.models import PayoutRules
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import policy_of
from hanse.programs.terms.models import Terms
from hanse.programs.terms.queries import body_of
from hanse.programs.terms.sentences import sentences
from hanse.programs.terms.types import Clause, Percent
from hanse.programs.tiers.models import Tier

MONTHS = 12
PARTNERS_WORTH_SAYING = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """The page's left side."""

    terms: Terms | None
    headline: str
    lines: Sequence[str]
    when_yours: str
    window_days: int
    takes_codes: bool
    tiers: Sequence[tuple[Tier, TierEarnings]]
    span: str
    rhythm: str = ""


def offer_of(program: Program, now: datetime, language: str, tier_id: UUID | None = None) -> Offer:
    """Return what a program offers to a newcomer now, or to one who is invited into a tier."""
    terms, policy = offered_terms(program.pk, now, tier_id), policy_of(program.pk)
    clauses = body_of(terms).clauses if terms else ()
    months = last_months(local_day(now, program.time_zone), MONTHS)
    return Offer(
        terms=terms,
        headline=_rates(clauses, language),
        lines=sentences(body_of(terms), program.currency, goal_names(program.pk)) if terms else [],
        when_yours=_when_yours(policy.model),
        window_days=policy.window_days,
        takes_codes="coupon" in policy.order or not policy.order,
        tiers=_tiers(program, months),
        span=_span(months, language),
        rhythm=_rhythm(program.pk),
    )


def _rhythm(program_id: UUID) -> str:
    """Say how often payouts go out, where they go by themselves."""
    row = PayoutRules.objects.filter(program_id=program_id).first()
    words = {"monthly": _("Payouts go out once a month."), "weekly": _("Payouts go out once a week.")}
    return words.get(row.schedule, "") if row else ""


def last_months(today: date, count: int) -> list[tuple[date, date]]:
    """Return the first and last days of the last whole months, the oldest first."""
    this_month = first_day_of(today, "month")
    starts = [add_months(this_month, -back) for back in range(count, -1, -1)]
    return [(first, after - timedelta(days=1)) for first, after in pairwise(starts)]


def _rates(clauses: Sequence[Clause], language: str) -> str:
    rates = sorted({clause.rate_ppm for clause in clauses if isinstance(clause, Percent)})
    if not rates:
        return ""
    if len(rates) == 1:
        return rate(rates[0], language)
    lowest = number(Decimal(rates[0]).scaleb(-4).normalize(), language)
    return f"{lowest}–{rate(rates[-1], language)}"


def _when_yours(model: str) -> str:
    return {
        "last": _("the last click was yours"),
        "first": _("the first click was yours"),
    }.get(model, _("one of the clicks was yours"))


def _tiers(program: Program, months: Sequence[tuple[date, date]]) -> list[tuple[Tier, TierEarnings]]:
    earned = {row.tier_id: row for row in median_months(program, months)}
    if sum(row.partners for row in earned.values()) < PARTNERS_WORTH_SAYING:
        return []
    tiers = Tier.objects.filter(program=program, pk__in=earned).order_by("position")
    return [(tier, earned[tier.pk]) for tier in tiers]


def _span(months: Sequence[tuple[date, date]], language: str) -> str:
    names = {"first": month(months[0][0], language, year=True), "last": month(months[-1][0], language, year=True)}
    return _("%(first)s to %(last)s") % names
