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

from typing import Any, Final

from hanse.edge.agents import Agent
from hanse.edge.networks import Network

REASONS: Final = (
    "link_disabled", "link_expired", "partner_suspended", "geo_blocked", "head", "prefetch", "bot_declared",
    "bot_suspected", "datacentre", "duplicate", "flood",
)  # fmt: skip
# where a browser puts what it fetches when a person follows a link; an image or a script that fetches one is stuffing
_SEEN = frozenset({"document", "iframe", "frame", "fencedframe"})


def reason_of(link: Any, method: str, headers: Any, agent: Agent, network: Network, at_ms: int) -> str:
    """Return the reason why a request on a link is no click, "" when it is one so far. Pure; no memory.

    `link` has `status`, `expires_ms` and `program` (`archived`, `serves(country)`), `headers` has `get`.
    """
    program = link.program
    if link.status or link.expires_ms or program.archived:
        own = reason_of_link(link, at_ms)
        if own:
            return own
    if network.country and not program.serves(network.country):
        return "geo_blocked"
    if method == "HEAD":
        return "head"
    if is_prefetch(headers):
        return "prefetch"
    nearby = network.kind == "private"  # on our own machine or network it may be somebody trying a link with a tool
    if agent.reason and not (agent.headless and nearby):
        return agent.reason
    if is_scripted(headers, nearby):
        return "bot_suspected"
    return "datacentre" if network.kind == "datacentre" else ""


def reason_of_link(link: Any, at_ms: int) -> str:
    """Return the reason that lies in the link itself, "" when it works."""
    if link.status:
        return str(link.status)
    if link.program.archived:
        return "link_disabled"
    return "link_expired" if link.expires_ms and at_ms >= link.expires_ms else ""


def is_prefetch(headers: Any) -> bool:
    """Say whether a browser only looks ahead (prefetch, prerender, preview): no person has followed the link yet."""
    get = headers.get
    purpose = get("sec-purpose") or get("purpose") or get("x-purpose") or get("x-moz")
    if not purpose:
        return False
    said = purpose.lower()
    return "prefetch" in said or "prerender" in said or "preview" in said


def is_scripted(headers: Any, nearby: bool = False) -> bool:
    """Say whether the headers are none that a browser sends when a person follows a link.

    Every browser says what it accepts (`nearby` it may leave that out as long as it says anything of the kind). One
    that sends Sec-Fetch headers says where the answer goes (a page, not an image), and which languages its person
    reads, save where a program drives it. What only some browsers send is not asked for: old ones, those inside of
    apps and those that guard privacy leave much out.
    """
    get = headers.get
    if get("accept") is None and not (nearby and (get("accept-encoding") or get("accept-language"))):
        return True
    place = get("sec-fetch-dest")
    if place is None:
        return False
    return place not in _SEEN or get("accept-language") is None
