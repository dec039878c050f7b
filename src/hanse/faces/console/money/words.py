"""Words for the states of commissions, runs and payouts, each with its colour."""

from __future__ import annotations

from django.utils.translation import gettext as _

Badge = tuple[str, str]


def commission_badge(state: str) -> Badge:
    """Return the word and colour of a listed commission's state."""
    return {
        "held": (_("On hold"), ""), "kept": (_("Case open"), "ochre"), "payable": (_("Payable"), "sea"),
        "paid": (_("Paid"), "sea"), "taken_back": (_("Taken back"), ""), "voided": (_("Voided"), "brick"),
    }.get(state, (state, ""))  # fmt: skip


def commission_states() -> list[tuple[str, str]]:
    """Return the states that a list of commissions can be narrowed to."""
    return [
        ("all", _("All states")), ("held", _("On hold")), ("kept", _("Case open")), ("payable", _("Payable")),
        ("paid", _("Paid")), ("taken_back", _("Taken back")), ("voided", _("Voided")),
    ]  # fmt: skip


def run_badge(state: str) -> Badge:
    """Return the word and colour of a payout run's state."""
    return {
        "drafted": (_("Draft"), "ochre"), "approved": (_("Approved"), "sea"), "opened": (_("On its way"), "sea"),
        "closed": (_("Closed"), ""), "cancelled": (_("Cancelled"), ""),
    }.get(state, (state, ""))  # fmt: skip


def payout_badge(state: str) -> Badge:
    """Return the word and colour of a payout's state."""
    return {
        "drafted": (_("Draft"), ""), "dropped": (_("Left out"), "ochre"), "in_transit": (_("On its way"), "sea"),
        "settled": (_("Paid"), "sea"), "failed": (_("Failed"), "brick"), "returned": (_("Came back"), "brick"),
    }.get(state, (state, ""))  # fmt: skip


def check_words(check: str) -> str:
    """Return what a check of the audit makes sure of, when it passes."""
    return {
        "hold_not_over": _("Every hold is over"), "later_refund": _("No refund came later"),
        "duplicate": _("No order is credited twice"), "self_referral": _("Nobody is paid for an own order"),
        "sums_differ": _("Sums match the books"), "no_details": _("Payout details are complete"),
        "details_changed": _("Details are those of the draft"),
        "details_resting": _("No details were changed lately"), "bad_details": _("The rail takes every account"),
        "other_rail": _("The rail fits"),
        "no_agreement": _("Terms are accepted"), "suspended": _("Nobody is suspended"),
        "open_case": _("No case is open"), "below_minimum": _("Everybody reaches the minimum"),
    }.get(check, check.replace("_", " "))  # fmt: skip
