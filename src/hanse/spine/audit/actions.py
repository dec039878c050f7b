"""Verbs of audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import models

from hanse.spine.audit.models import AuditEntry


def record_change(
    *,
    actor: str,
    verb: str,
    subject_kind: str,
    subject_id: object,
    before: Mapping[str, object],
    after: Mapping[str, object],
    reason: str = "",
    now: datetime,
) -> AuditEntry:
    """Keep who changed what, from what to what. Belongs into the transaction of the change itself."""
    return AuditEntry.objects.create(
        at=now, actor=actor[:200], verb=verb, subject_kind=subject_kind, subject_id=str(subject_id),
        before={key: _plain(value) for key, value in before.items()},
        after={key: _plain(value) for key, value in after.items()},
        reason=reason,
    )  # fmt: skip


def audited_save(
    row: models.Model, values: Mapping[str, object], *, actor: str, verb: str, reason: str = "", now: datetime
) -> bool:
    """Set columns of a stored row, save those that differ and record them. Returns whether anything changed."""
    before = {name: getattr(row, name) for name in values}
    changed = {name: value for name, value in values.items() if before[name] != value}
    if not changed:
        return False
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))
    record_change(
        actor=actor, verb=verb, subject_kind=row._meta.model_name or "", subject_id=row.pk,
        before={name: before[name] for name in changed}, after=changed, reason=reason, now=now,
    )  # fmt: skip
    return True


def record_creation(
    row: models.Model, *, actor: str, verb: str, fields: tuple[str, ...], reason: str = "", now: datetime
) -> None:
    """Record a new row with the named columns."""
    after = {name: getattr(row, name) for name in fields}
    record_change(
        actor=actor, verb=verb, subject_kind=row._meta.model_name or "", subject_id=row.pk,
        before={}, after=after, reason=reason, now=now,
    )  # fmt: skip


def record_creations(
    rows: Sequence[models.Model], *, actor: str, verb: str, fields: tuple[str, ...], now: datetime
) -> None:
    """Record many new rows of a kind in one statement, each as `record_creation` does."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=now, actor=actor[:200], verb=verb, subject_kind=row._meta.model_name or "", subject_id=str(row.pk),
            before={}, after={name: _plain(getattr(row, name)) for name in fields}, reason="",
        )
        for row in rows
    )  # fmt: skip


def _plain(value: object) -> object:
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    return value
