"""Rules of access: what each role may do, what a key's scopes allow, what makes a password good enough."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Literal

Role = Literal["owner", "manager", "finance", "viewer", "partner"]
TEAM_ROLES: tuple[Role, ...] = ("owner", "manager", "finance", "viewer")

BY_COMMAND = "command line"
"""What stands beside changes made with `hanse …`: whoever has the machine, and no person in particular."""
SIGN_IN_LINK_LASTS = timedelta(hours=24)
PASSWORD_MIN_LENGTH = 10
PASSWORD_MAX_LENGTH = 256  # hashing is slow on purpose; nobody may send a book


class Act(StrEnum):
    """What a person of the team can do, as one word each."""

    READ = "read"
    MANAGE = "manage"
    DRAFT_PAYOUTS = "draft_payouts"
    APPROVE_PAYOUTS = "approve_payouts"
    DECIDE_CASES = "decide_cases"
    ADJUST_MONEY = "adjust_money"
    CHANGE_PROGRAM = "change_program"
    KEEP_KEYS = "keep_keys"
    KEEP_TEAM = "keep_team"
    OWN_PORTAL = "own_portal"


MAY: Mapping[Role, frozenset[Act]] = {
    "owner": frozenset(Act) - {Act.OWN_PORTAL},
    "manager": frozenset(
        {Act.READ, Act.MANAGE, Act.CHANGE_PROGRAM, Act.DECIDE_CASES, Act.ADJUST_MONEY, Act.DRAFT_PAYOUTS}
    ),
    "finance": frozenset({Act.READ, Act.DRAFT_PAYOUTS, Act.APPROVE_PAYOUTS, Act.DECIDE_CASES, Act.ADJUST_MONEY}),
    "viewer": frozenset({Act.READ}),
    "partner": frozenset({Act.OWN_PORTAL}),
}


def may(role: str, act: Act) -> bool:
    """Say whether a role allows an act. An unknown role allows nothing."""
    return any(act in acts for known, acts in MAY.items() if known == role)


SCOPES = ("read", "write", "facts:write", "all")
_INCLUDED: Mapping[str, frozenset[str]] = {
    "read": frozenset({"read"}),
    "write": frozenset({"read", "write"}),
    "facts:write": frozenset({"facts:write"}),
    "all": frozenset({"read", "write", "facts:write", "all"}),
}


def scope_allows(scopes: Collection[str], needed: str) -> bool:
    """Say whether a key's scopes cover the one that is needed: `write` covers `read`, `all` covers everything."""
    return any(needed in _INCLUDED.get(scope, frozenset()) for scope in scopes)


def is_local_path(path: str) -> bool:
    """Say whether a text is a path on this site: nothing that a browser could read as another host."""
    plain = path.isascii() and path.isprintable() and "\\" not in path
    return plain and path.startswith("/") and not path.startswith("//")
