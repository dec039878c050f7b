"""Who asks: the key of a request, what its scopes and its program let it do, and how often."""

from __future__ import annotations

import threading
import time
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from hanse.faces.api.problems import NotAllowed
from hanse.kernel import clock
from hanse.people.access.keys import note_use
from hanse.people.access.models import ApiKey
from hanse.people.access.queries import key_by_secret
from hanse.people.access.rules import scope_allows

RATE_PER_MINUTE = 6000
_BURST = 3000


class Bearer(HttpBearer):
    """A key in the Authorization header, with the scope that an operation needs."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """Return the key. None: unknown or revoked (401). Raises NotAllowed (403) when its scopes do not cover this."""
        key = key_of(request)
        if key is not None and not scope_allows(key.scopes, self.scope):
            raise NotAllowed(_("This needs a key with the scope “%(scope)s”.") % {"scope": self.scope})
        return key


READ, WRITE, ALL = Bearer("read"), Bearer("write"), Bearer("all")


def key_of(request: HttpRequest) -> ApiKey | None:
    """Return the key that a request brings, read once for each request."""
    if not hasattr(request, "api_key"):
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        found = key_by_secret(secret.strip()) if scheme.lower() == "bearer" and secret.strip() else None
        request.api_key = found  # type: ignore[attr-defined]  # kept on the request on purpose
        if found is not None:
            note_use(found, clock.now())
    key: ApiKey | None = request.api_key  # type: ignore[attr-defined]  # see above
    return key


def asker(request: HttpRequest) -> ApiKey:
    """Return the key behind an operation; authentication has happened."""
    key = key_of(request)
    if key is None:
        raise NotAllowed(_("No key."))
    return key


def actor(request: HttpRequest) -> str:
    """Return the name that is written beside a change."""
    return f"key:{asker(request).name}"


def refuse_restricted(key: ApiKey) -> None:
    """Raise NotAllowed for a key restricted to one program: this concerns the whole installation."""
    if key.program_id is not None:
        raise NotAllowed(_("This needs a key that is not restricted to one program."))


class Rate:
    """A bucket for each key that fills evenly; a request takes one drop. Kept in memory: a guard, no meter."""

    def __init__(self, per_minute: int = RATE_PER_MINUTE, burst: int = _BURST) -> None:
        self.per_second, self.burst = per_minute / 60, burst
        self._buckets: dict[Any, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait_seconds(self, who: object) -> int:
        """Take one drop and return 0, or return after how many seconds there will be one."""
        moment = time.monotonic()
        with self._lock:
            level, since = self._buckets.get(who, (float(self.burst), moment))
            level = min(float(self.burst), level + (moment - since) * self.per_second)
            taken = level >= 1
            self._buckets[who] = (level - 1 if taken else level, moment)
        return 0 if taken else max(1, round((1 - level) / self.per_second + 0.5))


RATE = Rate()
