"""How often one address may knock. Counted in this process's memory: enough against guessing, gone with a restart."""

from __future__ import annotations

import hashlib
import time

from django.core.cache import cache
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the client's address as the edge wrote it: its entry is the last one, whatever the client sent before."""
    forwarded = str(request.headers.get("X-Forwarded-For", ""))
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR") or "") or "unknown"


def within_limit(act: str, of: str, *, times: int, seconds: int) -> bool:
    """Count one more try of an act by somebody, and say whether it is among the first `times` of its time slot."""
    slot = int(time.time() // seconds)
    key = f"limit:{act}:{hashlib.sha256(of.encode()).hexdigest()[:32]}:{slot}"
    if cache.add(key, 1, timeout=seconds):
        return times >= 1
    try:
        return int(cache.incr(key)) <= times
    except ValueError:  # it ran out between the two calls
        return True
