"""What is kept of a click's user agent and referrer: the kind of device, the browser's name, the host."""

from __future__ import annotations

from functools import lru_cache

_BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


@lru_cache(maxsize=4096)
def device_of(agent: str) -> str:
    """Return phone, tablet or desktop, or "" for an agent that says nothing."""
    if "iPad" in agent or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    if "Mobile" in agent or "iPhone" in agent:
        return "phone"
    return "desktop" if any(mark in agent for mark in ("Windows", "Macintosh", "X11", "CrOS")) else ""


@lru_cache(maxsize=4096)
def agent_name(agent: str) -> str:
    """Return a short name such as “Firefox on Linux”, else the agent's first 80 characters."""
    browser = next((name for mark, name in _BROWSERS if f"{mark}/" in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if browser and system else agent[:80]


def host_of(referrer: str) -> str:
    """Return the host of a referrer given as host and path."""
    return referrer.partition("/")[0].lower()[:200]
