"""Reads of access."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from hanse.kernel import signing
from hanse.people.access.models import ApiKey, SignInLink, TeamUser
from hanse.people.access.rules import BY_COMMAND


def person_by_email(email: str) -> TeamUser | None:
    """Return who signs in with an address, however it is capitalised."""
    return TeamUser.objects.filter(email=email.strip().lower()).first()


def team() -> QuerySet[TeamUser]:
    """Return the members of the team, those who may sign in first."""
    return TeamUser.objects.exclude(role=TeamUser.Role.PARTNER).order_by("-is_active", "name", "email")


def who_answers(owner_id: UUID | None) -> list[TeamUser]:
    """Return whom to tell what a partner says: who looks after them, else everybody who may decide. One query."""
    deciders = [one for one in team() if one.is_active and one.role in (TeamUser.Role.OWNER, TeamUser.Role.MANAGER)]
    return [one for one in deciders if one.pk == owner_id] or deciders


def partner_people(partner_id: UUID) -> QuerySet[TeamUser]:
    """Return who signs in for a partner."""
    return TeamUser.objects.filter(partner_id=partner_id).order_by("created_at")


def key_by_secret(secret: str) -> ApiKey | None:
    """Return the key with this secret, unless it is revoked."""
    return ApiKey.objects.filter(hash=signing.key_hash(secret), revoked_at=None).first()


def people_behind(name: str) -> frozenset[str]:
    """Return who may have acted under a name that stands beside a change: for a key everybody who made one of that
    name, through keys that make keys, since the secret was theirs to keep; else the name itself."""
    found, left = set[str](), {name.strip()}
    while left:
        found |= left
        keys = [one.removeprefix("key:") for one in left if one.startswith("key:")]
        makers = ApiKey.objects.filter(name__in=keys).values_list("created_by", flat=True) if keys else ()
        left = {maker.strip() for maker in makers if maker not in ("", BY_COMMAND)} - found
    return frozenset(found)


def api_keys(program_id: UUID | None = None) -> QuerySet[ApiKey]:
    """Return keys, newest first; with a program only those restricted to it."""
    keys = ApiKey.objects.order_by("-created_at", "-id")
    return keys.filter(program_id=program_id) if program_id else keys


def sign_in_link(secret: str, now: datetime) -> SignInLink | None:
    """Return a one-time link that can still be used, with its person, without using it."""
    usable = SignInLink.objects.filter(used_at=None, expires_at__gt=now, person__is_active=True)
    return usable.select_related("person").filter(hash=signing.key_hash(secret)).first()
