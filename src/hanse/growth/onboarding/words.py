"""Steps of onboarding in words, for partners and for the team."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hanse.growth.onboarding.types import Step


def step_title(step: Step) -> str:
    """Say a step in a few words: one's own title, or the one that is shipped."""
    return step.title or kind_title(step.kind)


def kind_title(kind: str) -> str:
    """Say a kind of step in a few words, as the partner reads it."""
    return {
        "terms": _("Accept your terms"), "link": _("Make a link"), "copied": _("Copy your link"),
        "click": _("Get a first click"), "piece": _("Publish a first piece"), "sale": _("Make a first sale"),
        "details": _("Say where your money goes"), "payout": _("Receive a first payout"),
        "training": _("Watch the short training"), "call": _("A call with us"), "own": _("An own step"),
    }[kind]  # fmt: skip


def reached_title(kind: str) -> str:
    """Say what somebody has who did a step, as the team reads it."""
    return {
        "joined": _("Joined"), "terms": _("Terms accepted"), "link": _("Link or code made"),
        "copied": _("Link copied"), "click": _("First click"), "piece": _("First piece"), "sale": _("First sale"),
        "details": _("Payout details given"), "payout": _("First payout"), "training": _("Training watched"),
        "call": _("Call held"), "own": _("Own step"), "engaged": _("First engaged audience"),
        "referral": _("First partner brought"),
    }[kind]  # fmt: skip
