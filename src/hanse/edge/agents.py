"""User agents: why one does not count, and what kind of device it is. Each is looked at once and then remembered."""

from __future__ import annotations

from typing import NamedTuple

from hanse.edge.bots import HEADLESS, Bots

_MAX_AGENTS = 20_000
_MAX_LENGTH = 600  # no browser says more; what comes after is neither judged nor remembered


class Agent(NamedTuple):
    """`reason` is "", bot_declared or bot_suspected; `device` is phone, tablet, desktop, other or bot.

    `headless` agents drive a browser without a screen: on our own machine that is somebody trying a link.
    """

    reason: str
    device: str
    headless: bool = False


class Agents:
    """Judges user agents. Remembers a bounded number of answers; forgets all at once when there are more."""

    def __init__(self, bots: Bots | None = None) -> None:
        self._bots = bots or Bots()
        self._known: dict[str, Agent] = {}

    def of(self, user_agent: str) -> Agent:
        """Return what there is to know about a User-Agent header ("" when it was missing)."""
        user_agent = user_agent[:_MAX_LENGTH]
        known = self._known.get(user_agent)
        if known is None:
            if len(self._known) >= _MAX_AGENTS:
                self._known = {}
            known = self._known[user_agent] = self._judge(user_agent)
        return known

    def _judge(self, user_agent: str) -> Agent:
        reason = self._bots.reason(user_agent)
        return Agent(reason, "bot" if reason else device_of(user_agent), HEADLESS in user_agent)


def device_of(user_agent: str) -> str:
    """Return phone, tablet or desktop, and other for televisions, consoles and what says nothing."""
    if "TV" in user_agent or "PlayStation" in user_agent or "Xbox" in user_agent:
        return "other"
    if "iPad" in user_agent or ("Android" in user_agent and "Mobile" not in user_agent):
        return "tablet"
    if "Mobile" in user_agent or "iPhone" in user_agent:
        return "phone"
    return "desktop" if any(mark in user_agent for mark in ("Windows", "Macintosh", "X11", "CrOS")) else "other"
