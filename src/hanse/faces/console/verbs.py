"""What colleagues did, in words: the audit's verbs as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hanse.growth.today.types import Done

_VERBS = {
    "create_partner": gettext_noop("Partner added"),
    "change_partner": gettext_noop("Partner changed"),
    "archive_partner": gettext_noop("Partner archived"),
    "restore_partner": gettext_noop("Partner taken back"),
    "add_note": gettext_noop("Note written"),
    "note_play": gettext_noop("Something done about a silence"),
    "set_payout_details": gettext_noop("Payout details changed"),
    "view_portal": gettext_noop("Portal looked at as the partner sees it"),
    "answer_conversation": gettext_noop("Answered a partner"),
    "begin_conversation": gettext_noop("Wrote to a partner"),
    "log_talk": gettext_noop("Spoke with a partner"),
    "change_conversation": gettext_noop("Conversation handed over or closed"),
    "name_partner": gettext_noop("Said which partner somebody is"),
    "set_care": gettext_noop("Promise to a tier set"),
    "add_routing_rule": gettext_noop("Routing rule added"),
    "remove_routing_rule": gettext_noop("Routing rule taken away"),
    "plan_meeting": gettext_noop("Meeting planned"),
    "invite_to_meeting": gettext_noop("Invited to a meeting"),
    "change_meeting": gettext_noop("Meeting changed"),
    "cancel_meeting": gettext_noop("Meeting cancelled"),
    "hold_meeting": gettext_noop("Meeting noted"),
    "thank_partner": gettext_noop("Thanked a partner"),
    "offer_tip": gettext_noop("Tip offered"),
    "publish_tip": gettext_noop("Tip shared"),
    "withdraw_tip": gettext_noop("Tip taken back"),
    "set_board": gettext_noop("Leaderboard changed"),
    "agree_to_board": gettext_noop("Agreed to stand on the leaderboard"),
    "leave_board": gettext_noop("Left the leaderboard"),
    "open_chat_room": gettext_noop("Chat room added"),
    "close_chat_room": gettext_noop("Chat room closed"),
    "set_mail_door": gettext_noop("Incoming mail changed"),
    "renew_mail_secret": gettext_noop("Secret mail address renewed"),
    "renew_chat_secret": gettext_noop("Secret chat address renewed"),
    "create_program": gettext_noop("Program started"),
    "change_program": gettext_noop("Program changed"),
    "archive_program": gettext_noop("Program archived"),
    "keep_rates": gettext_noop("Exchange rates brought in"),
    "correct_rate": gettext_noop("Exchange rate corrected"),
    "change_policy": gettext_noop("Attribution policy changed"),
    "enrol": gettext_noop("Partner enrolled"),
    "enrol_partner": gettext_noop("Partner enrolled"),
    "pause_enrolment": gettext_noop("Partner paused"),
    "resume_enrolment": gettext_noop("Partner active again"),
    "suspend_enrolment": gettext_noop("Partner suspended"),
    "end_enrolment": gettext_noop("Enrolment ended"),
    "move_to_tier": gettext_noop("Moved to another tier"),
    "lock_tier": gettext_noop("Tier locked"),
    "unlock_tier": gettext_noop("Tier let go"),
    "decide_tier_review": gettext_noop("Move between tiers decided"),
    "publish_tier_rules": gettext_noop("Rule of the tiers published"),
    "add_tier": gettext_noop("Tier added"),
    "arrange_tiers": gettext_noop("Tiers arranged"),
    "set_treatment": gettext_noop("What a tier gets changed"),
    "promise_tier": gettext_noop("Promised to a tier"),
    "end_tier_promise": gettext_noop("Promise to a tier ended"),
    "keep_tier_promise": gettext_noop("Promise kept"),
    "add_upcoming_day": gettext_noop("Day put on the list"),
    "create_link": gettext_noop("Link made"),
    "change_link": gettext_noop("Link changed"),
    "archive_link": gettext_noop("Link archived"),
    "create_coupon": gettext_noop("Code made"),
    "change_coupon": gettext_noop("Code changed"),
    "archive_coupon": gettext_noop("Code archived"),
    "approve_application": gettext_noop("Application approved"),
    "publish_onboarding": gettext_noop("Onboarding paths published"),
    "mark_step": gettext_noop("Onboarding step done"),
    "unmark_step": gettext_noop("Onboarding step opened again"),
    "move_to_path": gettext_noop("Put on another onboarding path"),
    "hand_over_task": gettext_noop("Task handed over"),
    "drop_task": gettext_noop("Task taken off the list"),
    "send_first_win": gettext_noop("Note about the first sale sent"),
    "copy_first_win": gettext_noop("First sale congratulated elsewhere"),
    "drop_first_win": gettext_noop("Note about the first sale dropped"),
    "prepare_launch": gettext_noop("Launch prepared"),
    "open_program": gettext_noop("Program opened"),
    "start_pilot": gettext_noop("Pilot planned"),
    "add_to_pilot": gettext_noop("Partners taken into a pilot"),
    "decide_pilot": gettext_noop("Pilot decided"),
    "decline_application": gettext_noop("Application declined"),
    "ask_applicant": gettext_noop("Applicant asked"),
    "publish_terms": gettext_noop("Terms published"),
    "negotiate_terms": gettext_noop("Terms agreed one to one"),
    "approve_commission": gettext_noop("Commission approved"),
    "hold_commission": gettext_noop("Commission held"),
    "void_commission": gettext_noop("Commission voided"),
    "decide_case": gettext_noop("Case decided"),
    "draft_run": gettext_noop("Payout run drafted"),
    "approve_run": gettext_noop("Payout run approved"),
    "open_run": gettext_noop("Payout run opened"),
    "settle_payout": gettext_noop("Payout settled"),
    "fail_payout": gettext_noop("Payout came back"),
    "payout_settled": gettext_noop("Payout settled"),
    "payout_failed": gettext_noop("Payout failed"),
    "payout_returned": gettext_noop("Payout came back"),
    "cancel_run": gettext_noop("Payout run cancelled"),
    "export_again": gettext_noop("Payout file made anew"),
    "set_rail": gettext_noop("Way to pay changed"),
    "set_payout_rules": gettext_noop("Payout schedule changed"),
    "draft_refused": gettext_noop("Scheduled payout run could not be drafted"),
    "set_tax_profile": gettext_noop("Tax details changed"),
    "vouch_for_details": gettext_noop("Payout details vouched for"),
    "issue_statements": gettext_noop("Statements issued"),
    "set_billing": gettext_noop("Billing details changed"),
    "agree_self_billing": gettext_noop("Self-billing agreed"),
    "end_self_billing": gettext_noop("Self-billing ended"),
    "deliver_benefit": gettext_noop("Benefit delivered"),
    "take_delivery_back": gettext_noop("Benefit’s delivery taken back"),
    "dismiss_fact": gettext_noop("Fact dismissed"),
    "retry_fact": gettext_noop("Fact let in again"),
    "offer_sharing": gettext_noop("Offer to customers who share changed"),
    "renew_sharing_key": gettext_noop("Key for signed addresses renewed"),
    "join_by_sharing": gettext_noop("Customer joined by sharing"),
    "create_key": gettext_noop("API key made"),
    "revoke_key": gettext_noop("API key revoked"),
}


@dataclass(frozen=True, slots=True)
class DoneLine:
    """One line of “done today”."""

    text: str
    at: datetime
    count: int


def verb_words(verb: str) -> str:
    """Say an audited verb; one that has no sentence yet is said as it is named."""
    known = _VERBS.get(verb)
    return _(known) if known else verb.replace("_", " ").capitalize()


def done_words(done: Done) -> DoneLine:
    """Say what was done, with the name it was done to."""
    text = verb_words(done.verb)
    return DoneLine(f"{text}: {done.name}" if done.name else text, done.at, done.count)
