"""Who may open which page. Every view of the faces carries a `policy`; a house test reads it from every route."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, Literal, ParamSpec
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control

from hanse.people.access.models import TeamUser

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
Audience = Literal["console", "portal", "public", "api"]

READ = frozenset({"owner", "manager", "finance", "viewer"})
MANAGE = frozenset({"owner", "manager"})
PAY = frozenset({"owner", "finance"})
OWN = frozenset({"owner"})

SIGN_IN_PATH = "/sign-in"


@dataclass(frozen=True, slots=True)
class Policy:
    """For whom a route is: `roles` may read it; only `write_roles` may send it changes."""

    audience: Audience
    roles: frozenset[str] = field(default_factory=frozenset)
    write_roles: frozenset[str] = field(default_factory=frozenset)


def console_page(roles: Iterable[str] = READ, write_roles: Iterable[str] = MANAGE) -> Callable[[View[P]], View[P]]:
    """Open a view to team members of the given roles; POST only to `write_roles`. Others: sign-in or 403."""
    return _guard(Policy("console", frozenset(roles), frozenset(write_roles)))


def portal_page(view: View[P]) -> View[P]:
    """Open a view to partners' people, and to a manager who views the portal as a partner (read only)."""
    return _guard(Policy("portal", frozenset({"partner"}), frozenset({"partner"})))(view)


def public_page(view: View[P]) -> View[P]:
    """Open a view to everybody, signed in or not."""
    return _guard(Policy("public"))(view)


def _guard(policy: Policy) -> Callable[[View[P]], View[P]]:
    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            return _turned_away(request, policy) or view(request, *args, **kwargs)

        page = guarded if policy.audience == "public" else cache_control(private=True, no_store=True)(guarded)
        page.policy = policy  # type: ignore[attr-defined]  # read by the house test and the isolation matrix
        return page

    return decorate


def _turned_away(request: HttpRequest, policy: Policy) -> HttpResponse | None:
    if policy.audience == "public":
        return None
    person = request.user
    if not isinstance(person, TeamUser) or not person.is_active:
        return HttpResponseRedirect(f"{SIGN_IN_PATH}?next={quote(request.get_full_path())}")
    viewed = policy.audience == "portal" and viewed_partner_id(request) is not None
    reads = request.method in ("GET", "HEAD", "OPTIONS")
    if viewed and not reads:
        raise PermissionDenied("You are looking at a partner's portal; only the partner can change it.")
    if not viewed and person.role not in (policy.roles if reads else policy.write_roles):
        raise PermissionDenied
    return None


def team_member(request: HttpRequest) -> TeamUser:
    """Return the person who is signed in. Raises PermissionDenied for anybody else."""
    if not isinstance(request.user, TeamUser):
        raise PermissionDenied
    return request.user


def may(request: HttpRequest, roles: frozenset[str] = MANAGE) -> bool:
    """Say whether the person who reads may also act; pages leave out buttons that would be refused."""
    return isinstance(request.user, TeamUser) and request.user.role in roles


def actor(request: HttpRequest) -> str:
    """Return the name that is written beside a change: the person's e-mail address."""
    return team_member(request).email


VIEWED_PARTNER = "viewed_partner"


def viewed_partner_id(request: HttpRequest) -> str | None:
    """Return the partner whose portal a manager is looking at, if one; the session keeps it until it is ended."""
    if not may(request):
        return None
    value: Any = request.session.get(VIEWED_PARTNER)
    return value if isinstance(value, str) else None


def writes(view: View[P]) -> View[P]:
    """Run a POST in one transaction; an answer of 400 or above takes everything back: a refused form changes nothing.

    GET opens no transaction: on SQLite it would take the write lock.
    """

    @wraps(view)
    def within(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return view(request, *args, **kwargs)
        with transaction.atomic():
            response = view(request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response

    return within
