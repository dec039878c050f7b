"""Rules of payouts: who may be paid, by whom a run may be approved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from hanse.kernel.clock import add_months
from hanse.money.payouts.types import CHECKS, Candidate, Reason


def reasons_against(
    candidate: Candidate, *, minimum_minor: int, first_up_to_minor: int | None = None,
    drafted: Mapping[str, str] | None = None,
) -> list[Reason]:  # fmt: skip
    """Return why an enrolment may not be paid now, in the order of the audit; an empty list: it may.

    `drafted` are the account details that a draft was made with: other ones stop the payment. A first payout of at most
    `first_up_to_minor` goes out below the minimum too.
    """
    details = candidate.details
    found: dict[Reason, bool] = {
        "hold_not_over": not candidate.holds_over,
        "later_refund": candidate.refunded_later,
        "duplicate": candidate.is_credited_twice,
        "self_referral": candidate.bought_themselves,
        "sums_differ": not candidate.sums_match,
        "no_details": details is None,
        "details_changed": drafted is not None and details is not None and dict(drafted) != details,
        "details_resting": details is not None and candidate.details_rest,
        "other_rail": details is not None and not candidate.fits_rail,
        "bad_details": details is not None and candidate.fits_rail and bool(candidate.trouble),
        "no_agreement": not candidate.has_agreed,
        "suspended": candidate.status in ("suspended", "pending"),
        "open_case": candidate.has_open_case,
        "below_minimum": candidate.amount_minor < max(1, _least(candidate, minimum_minor, first_up_to_minor)),
    }
    return [reason for reason in CHECKS if found[reason]]


def _least(candidate: Candidate, minimum_minor: int, first_up_to_minor: int | None) -> int:
    waived = first_up_to_minor is not None and candidate.is_first and candidate.amount_minor <= first_up_to_minor
    return 1 if waived else minimum_minor


def needs_second_person(
    total_minor: int, limit_minor: int | None, first: Collection[str], second: Collection[str]
) -> bool:
    """Say whether a run above the limit is in the hands of one person: any of those behind the two acts is the same."""
    return limit_minor is not None and total_minor > limit_minor and bool(set(first) & set(second))


def due_period(schedule: str, schedule_day: int, today: date) -> str:
    """Return the name of the period whose payout day came last, such as 2026-11 or 2026-W47; "" where none is set.

    A monthly day is 1 to 28, a weekly one 0 (Monday) to 6.
    """
    if schedule == "monthly":
        first = today.replace(day=1) if today.day >= schedule_day else add_months(today.replace(day=1), -1)
        return f"{first:%Y-%m}"
    if schedule == "weekly":
        last = today - timedelta(days=(today.weekday() - schedule_day) % 7)
        return "{}-W{:02d}".format(*last.isocalendar()[:2])
    return ""


def next_day(schedule: str, schedule_day: int, today: date) -> date | None:
    """Return the next day on which a run is drafted, after today; None where none is set."""
    if schedule == "monthly":
        this = today.replace(day=schedule_day)
        return this if this > today else add_months(this, 1)
    if schedule == "weekly":
        return today + timedelta(days=(schedule_day - today.weekday() - 1) % 7 + 1)
    return None
