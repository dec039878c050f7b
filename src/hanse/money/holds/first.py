"""First payouts: up to an amount, what somebody earns before anything was paid is held for fewer days.

A date that was told is kept: later earnings have the usual hold, and a shorter one goes back to it only when its own
commission grows past the amount.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum

from hanse.money.commissions.models import Commission
from hanse.money.payouts.models import Payout, PayoutRules

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FirstHold:
    """A program's rule: so many days, while a first payout stays within the amount."""

    days: int
    up_to_minor: int


def first_holds(program_ids: Collection[UUID]) -> dict[UUID, FirstHold]:
    """Return the rules of the programs that have one. One query."""
    rows = PayoutRules.objects.filter(
        program_id__in=program_ids, first_hold_days__isnull=False, first_payout_up_to_minor__gt=0
    )
    found = rows.values_list("program_id", "first_hold_days", "first_payout_up_to_minor")
    return {program_id: FirstHold(days or 0, up_to or 0) for program_id, days, up_to in found}


def shorten_first_holds(rows: Iterable[Row], known: Mapping[tuple[UUID, UUID], Row]) -> None:
    """Set `held_until` and `usual_until` of commissions that are about to be stored, priced with their usual hold.

    One query, and two more where a program has the rule.
    """
    by_enrolment: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        by_enrolment[row["enrolment_id"]].append(row)
    rules = first_holds({rows[0]["program_id"] for rows in by_enrolment.values()})
    asked = [key for key, rows in by_enrolment.items() if rows[0]["program_id"] in rules]
    paid, used = (_paid(asked), _used(asked, by_enrolment)) if asked else (set[UUID](), {})
    for key, mine in by_enrolment.items():
        rule = None if key in paid else rules.get(mine[0]["program_id"])
        _shorten(mine, known, rule, used.get(key, 0))


def _shorten(
    rows: list[Row], known: Mapping[tuple[UUID, UUID], Row], rule: FirstHold | None, used_minor: int
) -> None:  # fmt: skip
    """Go through one enrolment's commissions, those that are known first, while the amount lasts."""
    befores = [(row, known.get((row["conversion_id"], row["enrolment_id"]))) for row in rows]
    befores.sort(key=lambda pair: (pair[1] is None, pair[0]["occurred_at"], pair[0]["id"]))
    for row, before in befores:
        if row["voided_at"] is not None:
            continue
        if row["approved_at"] is not None:
            used_minor += row["owed_minor"]
            continue
        was_short = before is not None and before["usual_until"] is not None
        fits = rule is not None and 0 < row["owed_minor"] <= rule.up_to_minor - used_minor
        keeps = was_short and before is not None and row["owed_minor"] <= before["owed_minor"]
        usual = row["occurred_at"] + _span(before, "usual_until") if was_short else row["held_until"]
        short = usual
        if was_short and (keeps or fits):
            short = row["occurred_at"] + _span(before, "held_until")
        elif before is None and fits and rule is not None:
            short = row["occurred_at"] + timedelta(days=rule.days)
        is_short = short < usual
        row["held_until"], row["usual_until"] = (short, usual) if is_short else (usual, None)
        used_minor += row["owed_minor"] if is_short else 0


def _span(row: Row | None, column: str) -> timedelta:
    assert row is not None
    span: timedelta = row[column] - row["occurred_at"]
    return span


def _paid(enrolment_ids: Collection[UUID]) -> set[UUID]:
    sent = (Payout.State.IN_TRANSIT, Payout.State.SETTLED)
    rows = Payout.objects.filter(enrolment_id__in=enrolment_ids, state__in=sent)
    return set(rows.values_list("enrolment_id", flat=True))


def _used(enrolment_ids: Collection[UUID], rows: Mapping[UUID, Collection[Row]]) -> dict[UUID, int]:
    """Return what else goes into the first payout already: released, or held for fewer days."""
    priced = [row["id"] for key in enrolment_ids for row in rows[key]]
    others = Commission.objects.filter(enrolment_id__in=enrolment_ids, voided_at=None).exclude(id__in=priced)
    counted = others.filter(Q(approved_at__isnull=False) | Q(usual_until__isnull=False)).order_by()
    sums = counted.values("enrolment_id").annotate(used=Sum("owed_minor"))
    return dict(sums.values_list("enrolment_id", "used"))
