"""Drafts of terms: what somebody has written so far, kept until it is published or discarded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hanse.programs.programs.models import Program
from hanse.programs.terms.models import TermsDraft

MOST_CHARACTERS = 400_000


def draft_of(program_id: UUID, scope: str) -> TermsDraft | None:
    """Return what is being written for a scope."""
    return TermsDraft.objects.filter(program_id=program_id, scope=scope).first()


def drafts_of(program_id: UUID) -> dict[str, TermsDraft]:
    """Return every draft of a program by its scope."""
    return {row.scope: row for row in TermsDraft.objects.filter(program_id=program_id)}


def keep_draft(program: Program, scope: str, fields: Mapping[str, str], *, now: datetime, by: str) -> TermsDraft:
    """Keep the editor's fields as they stand, right or wrong; the last one who writes counts."""
    made, _is_new = TermsDraft.objects.update_or_create(
        program=program, scope=scope, defaults={"fields": dict(fields), "saved_at": now, "saved_by": by[:200]}
    )
    return made


def discard_draft(program: Program, scope: str) -> bool:
    """Forget what was written. Returns whether there was anything."""
    return bool(TermsDraft.objects.filter(program=program, scope=scope).delete()[0])
