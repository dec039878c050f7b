"""The tracer in words: each check as a title, what was found, and what would help."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from hanse.insight.why.numbers import numbers_in_words
from hanse.insight.why.types import Check, Outcome

_TITLES = {
    "arrived": lazy("It arrived"),
    "agrees": lazy("All sources agree"),
    "goal_paid": lazy("The program pays for this goal"),
    "value": lazy("There is a value to pay on"),
    "evidence": lazy("Something came with it"),
    "click": lazy("A valid click in the window"),
    "coupon": lazy("The coupon is known and valid"),
    "partner_active": lazy("The partner was active"),
    "self_referral": lazy("Not their own purchase"),
    "new_customer": lazy("The customer counts for this program"),
    "stand_down": lazy("No extension came second"),
    "deal": lazy("A registered deal with this customer"),
    "credited": lazy("Somebody is credited"),
    "terms": lazy("The terms match"),
    "caps": lazy("No cap was reached"),
    "case": lazy("No case is open"),
    "payable": lazy("The hold is over"),
    "recorded": lazy("The click is recorded"),
    "link": lazy("The link is known"),
    "valid": lazy("It is valid"),
    "ordered": lazy("An order followed"),
    "known": lazy("It is known"),
    "used": lazy("It was used"),
    "owned": lazy("They belong to a partner"),
}
_REASONS = {
    "never_arrived": lazy("No order with this number has reached us."),
    "dismissed": lazy("It arrived, but somebody dismissed it."),
    "waits_for_conversion": lazy("A refund is here and waits for the order itself."),
    "waits_for_customer": lazy("A renewal is here and waits for the customer's first order."),
    "waits_for_chargeback": lazy("A won dispute is here and waits for its chargeback."),
    "unknown_goal": lazy("It names a goal that the program does not have."),
    "no_rate": lazy("It is in another currency, and there is no exchange rate of the week before it yet."),
    "refund_currency": lazy("The refund is in neither the order's currency nor the program's."),
    "goal_needed": lazy("Several orders have this number; the refund must name the goal."),
    "failed": lazy("It arrived, but applying it failed."),
    "unreadable": lazy("The record could not be read."),
    "content_differs": lazy("The same fact came again with other content; the first one stands."),
    "amount_differs": lazy("Two sources tell different amounts; the first one stands."),
    "refund_differs": lazy("Two sources tell different refunds; the first one stands."),
    "goal_not_paid": lazy("No terms of the program pay for this goal."),
    "no_value": lazy("Its value is zero."),
    "fully_refunded": lazy("All of it was refunded."),
    "test_order": lazy("It is a test order."),
    "visitor_without_click": lazy("Its visitor never came through a partner's link."),
    "came_without_evidence": lazy("It came without click token, visitor and coupon."),
    "none_of_yours": lazy("No click and no code of yours came with this order."),
    "no_click": lazy("No click came with it."),
    "outside_window": lazy("The click is older than the window."),
    "after_conversion": lazy("The click came after the order."),
    "bad_signature": lazy("What was sent as a click token is not one of ours, or was altered."),
    "unknown_link": lazy("The link behind the click is not known."),
    "unknown_click": lazy("No click with this token or id is known."),
    "bot_declared": lazy("A program clicked that says it is one."),
    "bot_suspected": lazy("It looks like a program, not a person."),
    "datacentre": lazy("It came from a data centre."),
    "prefetch": lazy("The browser only loaded the page in advance."),
    "head": lazy("Only the page's head was asked for."),
    "duplicate": lazy("It repeats a click of the last seconds."),
    "flood": lazy("Too many clicks came from one place at once."),
    "link_disabled": lazy("The link was switched off."),
    "link_expired": lazy("The link had expired."),
    "partner_suspended": lazy("The partner was suspended."),
    "geo_blocked": lazy("The country is not served."),
    "partner_not_active": lazy("The partner was not active at that time."),
    "other_program": lazy("The partner belongs to another program."),
    "self_referral": lazy("The buyer's address is the partner's own."),
    "resold": lazy("A partner resold this order and keeps its margin, so it earns no commission."),
    "partner_ended": lazy("The partner has left, and the terms do not pay for life."),
    "unknown_coupon": lazy("No partner owns this code."),
    "coupon_not_valid": lazy("The code was not valid at that time."),
    "coupon_archived": lazy("The code was switched off."),
    "unknown_partner": lazy("The partner it names is not known."),
    "later_touch_won": lazy("A later click won."),
    "earlier_touch_won": lazy("An earlier click won."),
    "stronger_evidence": lazy("Stronger evidence pointed to somebody else."),
    "not_chosen": lazy("The model gave it no share."),
    "nobody_credited": lazy("None of the evidence counts."),
    "no_terms": lazy("No terms were in force at that time."),
    "no_clause": lazy("No clause of the terms matches this order."),
    "no_credit": lazy("The credit went to somebody else later."),
    "cut_by_cap": lazy("A cap cut the commission."),
    "voided": lazy("The commission was taken back by a person."),
    "person": lazy("A person keeps it on hold."),
    "from_browser": lazy("Only the buyer's browser told of it; it waits until the shop does or a person approves."),
    "above_ceiling": lazy("It is above the amount that is approved by itself."),
    "on_hold": lazy("It is on hold until refunds are unlikely."),
    "takeover": lazy("A click in the last seconds took it from another partner's touch; a person looks at it."),
    "browser_evidence": lazy("Only the buyer's browser says who brought it; a person looks at it."),
    "existing_customer": lazy("The customer had bought before, and the program pays for new customers only."),
    "stand_down": lazy("A browser extension clicked right after another partner's click, so it stands down."),
    "deal_declined": lazy("The deal with this customer was declined."),
    "deal_expired": lazy("The deal's protection was over."),
    "contradicted": lazy("Another source of the order named another code, and its word stands."),
    "decided_by_person": lazy("A colleague decided otherwise, with a reason."),
    "no_order": lazy("No order came with it."),
    "never_used": lazy("Nobody has used it."),
    "unknown_customer": lazy("No customer with this id is known."),
    "owned_by_another": lazy("Their first order was credited to another partner."),
}
_FIXES = {
    "check_sender": lazy("Check that your shop sends orders, and look for its error log."),
    "send_again": lazy("Send it again, with a higher revision if it has changed."),
    "send_order": lazy("Send the order; the refund is applied by itself then."),
    "send_first_sale": lazy("Send the first order. After seven days the renewal stands on its own."),
    "send_chargeback": lazy("Send the chargeback; the dispute is applied by itself then."),
    "add_goal": lazy("Add the goal to the program; the order is applied by itself then."),
    "add_rate": lazy("Add the rates of those days under Settings; then it is counted by itself."),
    "same_currency": lazy("Send the refund in the order's currency."),
    "name_goal": lazy("Send the refund again with its goal."),
    "retry_fact": lazy("Look at the error, then try again under Traffic, Parked."),
    "decide_conflict": lazy("Decide under Traffic, Parked which one is right."),
    "add_clause": lazy("Add a clause for it to the terms."),
    "send_value": lazy("Send the order with its amount or lines."),
    "send_live": lazy("Send it without the test mark."),
    "check_link": lazy("Check that the partner's page uses the link that Hanse shows."),
    "check_token": lazy("Copy the whole token from the address."),
    "pass_token": lazy("Add the snippet to the shop's pages, or hand the token on to the checkout."),
    "pass_token_unchanged": lazy("Hand the token on unchanged; do not shorten or lower-case it."),
    "longer_window": lazy("Give the program a longer window for orders to come."),
    "check_clock": lazy("Check the clock of the system that sends orders."),
    "enable_link": lazy("Switch the link on again."),
    "extend_link": lazy("Give the link a later end."),
    "activate_partner": lazy("Activate the partner; later touches count then."),
    "self_referral_policy": lazy("Change the policy for own purchases if they should count."),
    "add_coupon": lazy("Give the code to a partner; orders that named it are credited then."),
    "extend_coupon": lazy("Give the code other dates for orders to come."),
    "policy_decides": lazy("The program's policy decides; it can be changed for orders to come."),
    "publish_terms": lazy("Publish terms that begin before the order."),
    "see_terms": lazy("Read the terms."),
    "see_order": lazy("Look at the order."),
    "see_above": lazy("The checks above say why."),
    "decide_case": lazy("Decide the case."),
    "new_customers_policy": lazy("Let the program pay for existing customers, too, for orders to come."),
    "stand_down_policy": lazy("A click of the buyer's own will, more than the stand-down time later, counts."),
    "approve_deal": lazy("Approve the partner's deal again if the customer is theirs."),
    "credit_by_hand": lazy("If it is theirs all the same, credit it by hand on the conversion's page."),
    "wait": lazy("Wait; nothing needs to be done."),
    "nothing_to_do": lazy("Nothing needs to be done."),
}


def title(check: Check) -> str:
    """Return what a check asks, as a short statement."""
    return str(_TITLES.get(check.code, check.code))


def finding(check: Check) -> str:
    """Return what a check found, with its numbers; "" for one that simply passed or was not reached."""
    if check.status == "failed":
        words = str(_REASONS.get(check.reason, check.reason))
        return " ".join(part for part in (words, numbers_in_words(check)) if part)
    if check.status == "not_needed":
        return _("Not needed here.")
    return numbers_in_words(check) if check.status == "passed" else ""


def fix(check: Check) -> str:
    """Return what would help, or ""."""
    return str(_FIXES.get(check.fix, "")) if check.fix else ""


def headline(outcome: Outcome) -> str:
    """Return the answer in one line."""
    return {
        "earned": _("A commission was earned."),
        "nothing": _("It earned nothing."),
        "waiting": _("It is here, but waits."),
        "unknown": _("It is not known here."),
    }[outcome]
