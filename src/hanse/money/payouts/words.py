"""Words for what keeps a payment back and for what the books call a movement."""

from __future__ import annotations

from django.utils.translation import gettext as _


def reason_words(reason: str) -> str:
    """Say why a payment was left out or dropped. Texts that people wrote come back as they are."""
    return {
        "below_minimum": _("below the minimum"),
        "no_details": _("no payout details"),
        "details_changed": _("the payout details changed after the draft"),
        "details_resting": _("the payout details were changed in the last two days"),
        "other_rail": _("wants to be paid in another way"),
        "bad_details": _("the payout details do not fit this way of paying"),
        "no_agreement": _("the agreement is not accepted"),
        "suspended": _("payouts are suspended"),
        "open_case": _("a case is open"),
        "hold_not_over": _("a hold is not over"),
        "later_refund": _("a refund came after the draft"),
        "duplicate": _("an order was credited twice"),
        "self_referral": _("an order of their own"),
        "sums_differ": _("the sums differ from the books"),
        "withdrawn": _("the run was cancelled"),
    }.get(reason) or reason


def fix_words(reason: str) -> str:
    """Say what ends a reason: for the person who drafts the run."""
    return {
        "below_minimum": _("It waits and adds up; the program's minimum or the first payout's limit can be lowered."),
        "no_details": _("Ask the partner to say where to send the money, or enter it on their page."),
        "details_changed": _("Draft again: the next run pays to the new account."),
        "details_resting": _("Wait for two days, or ask the partner and vouch for the new account on their page."),
        "other_rail": _("Draft a run for the way they chose."),
        "bad_details": _("Ask the partner to correct their payout details."),
        "no_agreement": _("Ask the partner to accept the terms in their portal."),
        "suspended": _("Clear the question with the partner, then make them active again."),
        "open_case": _("Decide the case."),
        "hold_not_over": _("Wait until the hold ends."),
        "later_refund": _("Draft again: the next run takes the refund into account."),
        "duplicate": _("Look at who was credited; voiding one of the two clears it."),
        "self_referral": _("Look at the order; voiding the commission clears it."),
        "sums_differ": _("Run `hanse verify`: the books have to be whole before anybody is paid."),
    }.get(reason, "")


def cause_words(cause: str) -> str:
    """Say what a transaction was booked for."""
    return {
        "accrual": _("Earned"),
        "refund": _("Returned"),
        "chargeback": _("Chargeback"),
        "dispute_won": _("Dispute won"),
        "reprice": _("Counted anew"),
        "attribution": _("Credited anew"),
        "referral": _("For a partner they brought"),
        "release": _("Hold ended"),
        "void": _("Voided"),
        "adjustment": _("Adjustment"),
        "bounty": _("Won in a challenge"),
        "joint_costs": _("Shared costs"),
        "deliverable": _("Fee for agreed work"),
        "payout_opened": _("On its way"),
        "payout_settled": _("Paid"),
        "payout_failed": _("Payment failed"),
        "payout_returned": _("Payment came back"),
        "vat": _("VAT on an invoice"),
        "written_off": _("Written off"),
        **promise_words(),
        "opening": _("Opening balance"),
        "closing": _("Closing balance"),
    }.get(cause) or cause


def promise_words() -> dict[str, str]:
    """Say what floors, advances and fees are booked as."""
    return {
        "floor": _("Floor for the period"),
        "top_up": _("Topped up to the floor"),
        "advance": _("Paid in advance"),
        "recoup": _("Pays back the advance"),
        "forgiven": _("Rest of the advance forgiven"),
        "fee": _("Fee"),
    }


def case_words(reason: str) -> str:
    """Say what a case is about."""
    return {
        "above_ceiling": _("above the amount that is approved by itself"),
        "from_browser": _("told by the buyer's browser alone, not yet by the shop"),
        "browser_evidence": _("only the buyer's browser says who brought the order"),
        "person": _("kept by a colleague"),
        "takeover": _("a click in the last seconds before the order"),
        "paid_after_all": _("a payment that failed here was paid all the same"),
    }.get(reason) or reason
