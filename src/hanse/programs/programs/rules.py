"""Rules of programs: what a new one starts with, and what may be chosen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class GoalSpec:
    """A goal to make: its key for programs, its name for people."""

    key: str
    name: str
    is_recurring: bool = False


class TierSpec(NamedTuple):
    """A tier to make; the first is the highest."""

    key: str
    name: str


DEFAULT_GOALS = (
    GoalSpec("lead", "Lead"),
    GoalSpec("signup", "Sign-up"),
    GoalSpec("sale", "Sale"),
    GoalSpec("renewal", "Renewal", is_recurring=True),
)
DEFAULT_TIERS = (
    TierSpec("power", "Power"),
    TierSpec("growth", "Growth"),
    TierSpec("casual", "Casual"),
    TierSpec("new", "New"),
    TierSpec("inactive", "Inactive"),
)
FIRST_TIER = "new"

MODELS = ("last", "first", "linear", "position", "time_decay")
# Levels of evidence in the order of domain.md §4. `lifetime` is the owner of a customer for goals that do not recur.
EVIDENCE_KINDS = ("deal", "owner", "click", "lifetime", "open_deal", "coupon", "email", "survey")
DEFAULT_ORDER = EVIDENCE_KINDS
SELF_REFERRAL = ("block", "zero", "allow")
# What tells that a partner bought for themselves: the address, the account they are paid to, a browser in which they
# used the portal, a household to which their own orders went.
OWN_SIGNALS = ("email", "account", "device", "household")
TOKEN_PARAM_PATTERN = r"[A-Za-z][A-Za-z0-9_.-]{0,39}"  # noqa: S105  # a pattern of parameter names, no secret
TOKEN_FORMS = ("text", "hex", "uuid", "bare")  # how addresses carry the click: see kernel.tokens


def free_variant(wanted: str, taken: Collection[str], limit: int) -> str:
    """Return a name like the wanted one that nobody has yet: with a number behind it, within the limit."""
    number = 2
    while (variant := f"{wanted[: limit - len(str(number)) - 1]}-{number}") in taken:
        number += 1
    return variant
