"""How often one address may knock. Counted in this process's memory: enough against guessing, gone with a restart."""

from __future__ import annotations

import hashlib
import time
from datetime import datetime
from ipaddress import ip_address, ip_network

from django.core.cache import cache
from django.http import HttpRequest

from hanse.kernel.signing import ip_hash
from hanse.spine.secrets.keys import key_for


def client_address(request: HttpRequest) -> str:
    """Return the client's address as the edge wrote it: its entry is the last one, whatever the client sent before."""
    forwarded = str(request.headers.get("X-Forwarded-For", ""))
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR") or "") or "unknown"


def hash_address(address: str, now: datetime) -> str:
    """Return the keyed hash that stands for an address on this day (of IPv6 its /64); tomorrow it is another one."""
    meant = _connection(address)
    return ip_hash(key_for("ip-hash"), meant, now.date()) if meant else ""


def _connection(address: str) -> str:
    """Return whose address it is: of IPv6 the /64, of which one household has all; "" for what is no address."""
    try:
        whole = ip_address(address.strip("[]"))
    except ValueError:
        return ""
    return str(ip_network((whole, 64), strict=False).network_address if whole.version == 6 else whole)


def network_of(request: HttpRequest) -> str:
    """Return the country and kind of the client's network, like "GB datacentre", as the edge wrote them; else ""."""
    return str(request.headers.get("X-Hanse-Network", ""))[:20].strip()


def within_limit(act: str, of: str, *, times: int, seconds: int) -> bool:
    """Count one more try of an act by somebody, and say whether it is among the first `times` of its time slot."""
    slot = int(time.time() // seconds)
    who = _connection(of) or of
    key = f"limit:{act}:{hashlib.sha256(who.encode()).hexdigest()[:32]}:{slot}"
    if cache.add(key, 1, timeout=seconds):
        return times >= 1
    try:
        return int(cache.incr(key)) <= times
    except ValueError:  # it ran out between the two calls
        return True
