"""Verbs of stored files: keep one, sweep contents that nothing names any more."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from hanse.growth.resources.files import storing
from hanse.growth.resources.files.checking import check_file, too_large
from hanse.growth.resources.files.models import StoredFile
from hanse.growth.resources.files.names import safe_name
from hanse.growth.resources.files.refusing import refuse
from hanse.growth.resources.files.types import MOST_BYTES
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import record_creation

_REST_SECONDS = 24 * 3600


def keep_file(
    name: str, content: bytes | IO[bytes], *, program: Program | None = None, by: str, now: datetime
) -> StoredFile:
    """Keep an upload, typed by what it is, cleaned, once by content; the same name and content give the same row.

    `program` is whose file it is, for keys that reach one program only. Raises Invalid at `/file` with the reason and
    how to mend it: what is too large, unknown, locked, damaged, acts by itself or unpacks without end.
    """
    given = content if isinstance(content, bytes) else content.read(MOST_BYTES + 1)
    if len(given) > MOST_BYTES:
        refuse("too_large", too_large())
    checked = check_file(name, given)
    kept_name = safe_name(name, checked.kind)
    digest = storing.store(checked.content)
    known = StoredFile.objects.filter(sha256=digest, name=kept_name, program=program, kind=checked.kind).first()
    if known is not None:
        return known
    file = StoredFile.objects.create(
        id=new_id(now), program=program, name=kept_name, kind=checked.kind, sha256=digest,
        small_sha256=storing.store(checked.small) if checked.small else "", size_bytes=len(checked.content),
        width_px=checked.width_px, height_px=checked.height_px, mended=list(checked.mended), kept_at=now,
        kept_by=by[:200],
    )  # fmt: skip
    record_creation(file, actor=by, verb="keep_file", fields=("name", "kind", "sha256", "size_bytes"), now=now)
    return file


def sweep_files() -> int:
    """Remove contents from the disk that no row has named for a day. Returns how many."""
    known: set[str] = set()
    for digests in StoredFile.objects.values_list("sha256", "small_sha256").iterator():
        known.update(digests)
    return storing.drop_unknown(known, older_than_seconds=_REST_SECONDS)
