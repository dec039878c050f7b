"""The partner's tier: where they stand, what it gives, what is needed for the next one, what we promised and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hanse.faces.common.access import portal_page
from hanse.faces.common.reader import reader
from hanse.faces.portal.seat import Seat, needs_seat, portal
from hanse.growth.care.models import TierTreatment
from hanse.growth.care.queries import promises_of, score_with, treatment_of
from hanse.growth.care.rules import SCORED_DAYS
from hanse.growth.care.words import promise_words
from hanse.growth.tiers.models import TierDecision, TierStanding
from hanse.growth.tiers.needed import Needed
from hanse.growth.tiers.queries import MOVES, lock_of, standings_of
from hanse.growth.tiers.sentences import PartnerWords
from hanse.growth.tiers.versions import rules_of
from hanse.kernel.clock import local_day
from hanse.programs.enrolments.models import TierChange
from hanse.programs.tiers.models import Tier
from hanse.programs.tiers.queries import tiers_of

_HISTORY = 12


@dataclass(frozen=True, slots=True)
class TierPanel:
    """What home says of the tier: the way to the next one is said as moving."""

    tier: Tier
    place: str
    needed: str
    standing: TierStanding | None


def tier_panel(seat: Seat, now: datetime) -> TierPanel | None:
    """Return what is said about a partner's tier; None without one. Two queries at most."""
    tier = seat.enrolment.tier
    if tier is None:
        return None
    row = standings_of([seat.enrolment.pk]).get(seat.enrolment.pk)
    if row is None or row.tier != tier.key or seat.enrolment.status != "active":
        return TierPanel(tier, "", "", None)
    words = _words(seat, row)
    return TierPanel(tier, _place(words, row), words.needed(Needed.from_json(row.needed)), row)


def _words(seat: Seat, row: TierStanding) -> PartnerWords:
    """Say it by the rules that the evaluation went by."""
    names = {one.key: one.name for one in tiers_of(seat.program.pk)} if row.needed or row.given != row.tier else {}
    return PartnerWords(seat.program.currency, seat.program.time_zone, names, rules_of(row.rules))


def _place(words: PartnerWords, row: TierStanding) -> str:
    return words.counted(row.conversions, row.value_minor, row.rank, row.field_size)


@portal_page
@needs_seat
@require_GET
def tier(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the tier with everything that belongs to it."""
    now = reader().now
    panel = tier_panel(seat, now)
    here = seat.enrolment.tier
    treatment = treatment_of(here.pk) if here else None
    context = {
        "panel": panel, "treatment": treatment, "benefits": _lines(treatment, "benefits"),
        "resources": _lines(treatment, "resources"), "goals": _lines(treatment, "goals"),
        "promises": [
            promise_words(one.kind, one.number, one.words) for one in promises_of(seat.program.pk)
            if here is not None and one.tier_id == here.pk
        ],
        "score": score_with(seat.enrolment.pk, now), "days": SCORED_DAYS, "warned": _warned(seat, panel),
        "lock": lock_of(seat.enrolment.pk, local_day(now, seat.program.time_zone)), "history": _history(seat),
        "ladder": [(one, here is not None and one.pk == here.pk) for one in tiers_of(seat.program.pk)],
    }  # fmt: skip
    return portal(request, seat, "portal/tier.html", "home", context)


def _lines(treatment: TierTreatment | None, name: str) -> list[str]:
    return [line for line in getattr(treatment, name).splitlines() if line.strip()] if treatment else []


def _warned(seat: Seat, panel: TierPanel | None) -> str:
    """Say that the tier is in danger, and until when it is safe at least."""
    row = panel.standing if panel else None
    if row is None or not row.below_exit or row.is_locked:
        return ""
    return _words(seat, row).warned(row.tier, row.given, row.below_exit, row.since or seat.enrolment.enrolled_at)


def _history(seat: Seat) -> Sequence[tuple[datetime, str, str]]:
    """Return when the tier changed, to what, and why as it was told."""
    told = {
        (row.after, row.at): row.sentence
        for row in TierDecision.objects.filter(enrolment=seat.enrolment, kind__in=MOVES)
    }
    changes = TierChange.objects.filter(enrolment=seat.enrolment).select_related("tier").order_by("-at")[:_HISTORY]
    found = []
    for one in changes:
        name, key = (one.tier.name, one.tier.key) if one.tier else (_("No tier"), "")
        near = [
            text for (after, at), text in told.items() if after == key and abs((at - one.at).total_seconds()) < 86_400
        ]
        found.append((one.at, name, near[0] if near else ""))
    return found
