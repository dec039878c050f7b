"""Rules of payouts: who may be paid, by whom a run may be approved."""

from __future__ import annotations

from collections.abc import Mapping

from hanse.money.payouts.types import CHECKS, Candidate, Reason


def reasons_against(
    candidate: Candidate, *, minimum_minor: int, drafted: Mapping[str, str] | None = None
) -> list[Reason]:
    """Return why an enrolment may not be paid now, in the order of the audit; an empty list: it may.

    `drafted` are the account details that a draft was made with: other ones stop the payment.
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
        "other_rail": details is not None and details["rail"] == "credit",
        "no_agreement": not candidate.has_agreed,
        "suspended": candidate.status in ("suspended", "pending"),
        "open_case": candidate.has_open_case,
        "below_minimum": candidate.amount_minor < max(1, minimum_minor),
    }
    return [reason for reason in CHECKS if found[reason]]


def needs_second_person(total_minor: int, limit_minor: int | None, drafted_by: str, approver: str) -> bool:
    """Say whether somebody else than the drafter must approve: above the program's limit."""
    return limit_minor is not None and total_minor > limit_minor and approver.strip() == drafted_by.strip()
