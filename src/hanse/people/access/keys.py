"""Verbs of API keys."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.kernel import signing
from hanse.kernel.ids import ALPHABET, new_id
from hanse.people.access import rules
from hanse.people.access.models import ApiKey
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks
from hanse.spine.doors.actions import publish_key
from hanse.spine.doors.types import KeyRow

_RANDOM_CHARACTERS = 40  # of 32 kinds: 200 bits
_SHOWN = 12


class HasId(Protocol):
    """Anything with an id: a program, which this wing does not know."""

    @property
    def id(self) -> UUID: ...


def create_key(
    *, name: str, scopes: Iterable[str], program: HasId | UUID | None = None, now: datetime, by: str
) -> tuple[ApiKey, str]:
    """Return a new key and its secret `hz_…`, which is not kept and cannot be shown again. Raises Invalid."""
    checks = Checks()
    wanted = [checks.one_of("scopes", scope, rules.SCOPES) for scope in dict.fromkeys(scopes)]
    if not wanted:
        checks.refuse("scopes", _("Choose at least one scope."), "required")
    name = checks.text("name", name, 100, required=True)
    checks.done()
    secret = "hz_" + "".join(secrets.choice(ALPHABET) for _index in range(_RANDOM_CHARACTERS)).lower()
    return _kept(secret, name, wanted, program, now, by), secret


def keep_derived_key(
    secret: str, *, name: str, scopes: Iterable[str], program: HasId | UUID | None, now: datetime, by: str
) -> ApiKey:
    """Return the key of a secret that its user derives again each time; kept at the first call, also when revoked."""
    known = ApiKey.objects.filter(hash=signing.key_hash(secret)).first()
    return known or _kept(secret, name, list(scopes), program, now, by)


def _kept(secret: str, name: str, scopes: list[str], program: HasId | UUID | None, now: datetime, by: str) -> ApiKey:
    key = ApiKey(
        id=new_id(now), name=name, prefix=secret[:_SHOWN], hash=signing.key_hash(secret), scopes=scopes,
        program_id=program if program is None or isinstance(program, UUID) else program.id,
        created_by=by[:200], created_at=now,
    )  # fmt: skip
    key.save(force_insert=True)
    publish_key(_row(key))
    record_creation(key, actor=by, verb="create_key", fields=("name", "prefix", "scopes", "program_id"), now=now)
    return key


def revoke_key(key: ApiKey, *, now: datetime, by: str) -> None:
    """Make a key worthless from now on. A revoked key stays listed; revoking it again changes nothing."""
    if key.revoked_at is None:
        audited_save(key, {"revoked_at": now}, actor=by, verb="revoke_key", now=now)
        publish_key(_row(key))


def note_use(key: ApiKey, now: datetime) -> None:
    """Keep when a key was last used, to the minute."""
    if key.last_used_at is None or (now - key.last_used_at).total_seconds() >= 60:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def _row(key: ApiKey) -> KeyRow:
    return KeyRow(
        hash=key.hash, key_id=key.pk, program_id=key.program_id, scopes=tuple(key.scopes),
        revoked=key.revoked_at is not None,
    )  # fmt: skip
