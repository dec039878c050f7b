"""Where the fix of a failed check is made: the page or the button."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from hanse.faces.common.links import href
from hanse.insight.why.types import Check, Tracer
from hanse.programs.programs.models import Program


@dataclass(frozen=True, slots=True)
class Door:
    """A button: what it says, where it leads; `is_post` when it acts at once."""

    act: str
    path: str
    is_post: bool = False


def door_of(check: Check, tracer: Tracer, program: Program) -> Door | None:
    """Return the button that makes the fix of a failed check, if there is one."""
    fix, slug = check.fix, program.slug
    if fix == "retry_fact" and tracer.parked_ids:
        return Door(_("Try it again now"), reverse("console:parked_retry", args=[tracer.parked_ids[0]]), is_post=True)
    if fix == "decide_conflict":
        return Door(_("Compare both versions"), _parked("conflict", tracer.text))
    if fix in ("send_order", "send_first_sale", "send_chargeback", "add_rate", "name_goal"):
        return Door(_("Show it under Parked"), _parked("waiting", tracer.text))
    if fix == "see_order":
        return Door(_("Look at the order"), _why("order", str(check.numbers.get("order", ""))))
    if fix in ("check_link", "enable_link", "extend_link"):
        query = urlencode({"q": str(tracer.subject.get("slug", "")), "state": "all"})
        return Door(_("Show the links"), f"{reverse('console:traffic')}?{query}")
    doors = {
        "check_sender": (_("Check the tracking"), reverse("console:tracking")),
        "pass_token": (_("Set up the snippet"), reverse("console:tracking")),
        "pass_token_unchanged": (_("Set up the snippet"), reverse("console:tracking")),
        "send_value": (_("See how to send it"), reverse("console:tracking")),
        "send_live": (_("See how to send it"), reverse("console:tracking")),
        "add_goal": (_("Add the goal"), reverse("console:program", args=[slug])),
        "add_clause": (_("Change the terms"), reverse("console:terms_edit", args=[slug])),
        "publish_terms": (_("Write terms"), reverse("console:terms_edit", args=[slug])),
        "see_terms": (_("Read the terms"), reverse("console:terms_history", args=[slug])),
        "longer_window": (_("Change the window"), reverse("console:program_policy", args=[slug])),
        "policy_decides": (_("Change the policy"), reverse("console:program_policy", args=[slug])),
        "self_referral_policy": (_("Change the policy"), reverse("console:program_policy", args=[slug])),
        "new_customers_policy": (_("Change the policy"), reverse("console:program_policy", args=[slug])),
        "stand_down_policy": (_("Change the policy"), reverse("console:program_policy", args=[slug])),
        "approve_deal": (_("Look at the deals"), reverse("console:deals")),
        "activate_partner": (_("Find the partner"), href("console:partners")),
        "add_coupon": (_("Find the partner"), href("console:partners")),
        "extend_coupon": (_("Find the partner"), href("console:partners")),
        "decide_case": (_("Decide the case"), reverse("console:cases")),
    }
    act, path = doors.get(fix, ("", ""))
    return Door(act, path) if path else None


def _parked(status: str, text: str) -> str:
    return f"{reverse('console:parked')}?{urlencode({'status': status, 'q': text})}"


def _why(kind: str, text: str) -> str:
    return f"{reverse('console:why')}?{urlencode({'kind': kind, 'q': text})}"
