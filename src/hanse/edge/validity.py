"""Why a request on a link is no click: the named reasons in their one order, the first that holds.

    link_disabled, link_expired, partner_suspended   the link itself
    geo_blocked                                      the program does not serve that country
    head, prefetch                                   nobody has looked yet
    bot_declared, bot_suspected, datacentre          nobody would

Two more need a memory and come after these: `duplicate` (the visitor was here a moment ago: the same click, the same
token), then `flood` (`Floods.over`, asked only about clicks that are valid so far). `bad_signature` is for doors that
read tokens; a link has none to read.
"""

from __future__ import annotations

from typing import Any

from hanse.edge.agents import Agent
from hanse.edge.networks import Network

REASONS = (
    "link_disabled", "link_expired", "partner_suspended", "geo_blocked", "head", "prefetch", "bot_declared",
    "bot_suspected", "datacentre", "duplicate", "flood",
)  # fmt: skip


def reason_of(link: Any, method: str, headers: Any, agent: Agent, network: Network, at_ms: int) -> str:
    """Return the reason why a request on a link is no click, "" when it is one so far. Pure; no memory."""
    if link.status:
        return str(link.status)
    if link.program.archived:
        return "link_disabled"
    if link.expires_ms and at_ms >= link.expires_ms:
        return "link_expired"
    if method == "HEAD":
        return "head"
    if is_prefetch(headers):
        return "prefetch"
    if agent.reason and not (agent.headless and network.kind == "private"):
        return agent.reason
    return "datacentre" if network.kind == "datacentre" else ""


def is_prefetch(headers: Any) -> bool:
    """Say whether a browser only looks ahead (prefetch, prerender, preview): no person has followed the link yet."""
    purpose = headers.get("sec-purpose") or headers.get("purpose") or headers.get("x-purpose") or headers.get("x-moz")
    return bool(purpose) and any(word in purpose.lower() for word in ("prefetch", "prerender", "preview"))
