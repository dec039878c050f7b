"""Notice: terms that lower what somebody earns begin only after the days that the program promises."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from hanse.kernel.clock import day_starts_at, local_day
from hanse.kernel.errors import Invalid, Refused
from hanse.money.whatif.queries import what_if
from hanse.money.whatif.risk import risk_of
from hanse.money.whatif.types import Draft
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.terms.in_force import scopes_of
from hanse.programs.terms.models import Terms
from hanse.programs.terms.queries import body_of
from hanse.programs.terms.rules import parse_terms
from hanse.programs.tiers.models import Tier

_YEAR = timedelta(days=365)
_UP_TO_MINOR = 100_000_00


def earliest_start(program: Program, now: datetime) -> datetime:
    """Return the first local day on which terms that lower something may begin; now where no notice is promised."""
    if not program.notice_days:
        return now
    return day_starts_at(local_day(now, program.time_zone) + timedelta(days=program.notice_days), program.time_zone)


def check_notice(
    program: Program, tier: Tier | None, enrolment: Enrolment | None, body: Mapping[str, Any], starts_at: datetime,
    now: datetime,
) -> None:  # fmt: skip
    """Refuse a start before the notice is over, unless nobody would earn less: last year, or on any amount of sales."""
    earliest = earliest_start(program, now)
    if not program.notice_days or starts_at >= earliest or not lowers(program, tier, enrolment, body, now):
        return
    day = local_day(earliest, program.time_zone)
    message = _("Somebody would earn less, which needs %(days)d days’ notice: it begins on %(day)s or later.")
    raise Refused("needs_notice", message % {"days": program.notice_days, "day": day.isoformat()})


def lowers(
    program: Program, tier: Tier | None, enrolment: Enrolment | None, body: Mapping[str, Any], now: datetime
) -> bool:
    """Say whether anybody whom terms would reach would earn less than under what is in force."""
    current = in_force_for(program, tier, enrolment, now)
    if current is None or not Enrolment.objects.filter(program=program, is_test=False).exists():
        return False
    try:
        tried = parse_terms(body, currency=program.currency, goals=None)
    except Invalid:
        return False  # publishing tells what is wrong
    risk = risk_of(body_of(current), tried, _UP_TO_MINOR)
    if any(point.second_minor < point.first_minor for point in risk.points):
        return True
    draft = Draft(program.pk, tier.pk if tier else None, enrolment.pk if enrolment else None, tried)
    return what_if(draft, now - _YEAR, now).lose > 0


def in_force_for(program: Program, tier: Tier | None, enrolment: Enrolment | None, now: datetime) -> Terms | None:
    """Return what counts now for a scope: its own version, else its tier's, else the program's. One query."""
    found = {(scope.tier_id, scope.enrolment_id): scope.in_force for scope in scopes_of(program.pk, now)}
    tier_id = tier.pk if tier else enrolment.tier_id if enrolment else None
    own = found.get((None, enrolment.pk)) if enrolment else None
    return own or (found.get((tier_id, None)) if tier_id else None) or found.get((None, None))
