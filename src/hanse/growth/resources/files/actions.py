"""Verbs of stored files: keep one, sweep contents that nothing names any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import IO

from hanse.growth.resources.files import storing
from hanse.growth.resources.files.checking import check_file, too_large
from hanse.growth.resources.files.models import StoredFile
from hanse.growth.resources.files.names import safe_name
from hanse.growth.resources.files.refusing import refuse
from hanse.growth.resources.files.types import MOST_BYTES, Checked
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import record_creation

_REST_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Prepared:
    """An upload that was checked and lies on the disk already; no row names it yet."""

    name: str
    checked: Checked
    sha256: str
    small_sha256: str


def prepare_file(name: str, content: bytes | IO[bytes]) -> Prepared:
    """Check an upload and put it on the disk. Touches no table, so it may take its time outside a transaction.

    Raises Invalid at `/file` with the reason and how to mend it: what is too large, unknown, locked, damaged, acts by
    itself or unpacks without end.
    """
    given = content if isinstance(content, bytes) else content.read(MOST_BYTES + 1)
    if len(given) > MOST_BYTES:
        refuse("too_large", too_large())
    checked = check_file(name, given)
    small = storing.store(checked.small) if checked.small else ""
    return Prepared(safe_name(name, checked.kind), checked, storing.store(checked.content), small)


def keep_prepared(one: Prepared, *, program: Program | None = None, by: str, now: datetime) -> StoredFile:
    """Keep a prepared upload; the same name and content of the same program give the same row."""
    found = one.checked
    known = StoredFile.objects.filter(sha256=one.sha256, name=one.name, program=program, kind=found.kind).first()
    if known is not None:
        return known
    file = StoredFile.objects.create(
        id=new_id(now), program=program, name=one.name, kind=found.kind, sha256=one.sha256,
        small_sha256=one.small_sha256, size_bytes=len(found.content), width_px=found.width_px,
        height_px=found.height_px, mended=list(found.mended), kept_at=now, kept_by=by[:200],
    )  # fmt: skip
    record_creation(file, actor=by, verb="keep_file", fields=("name", "kind", "sha256", "size_bytes"), now=now)
    return file


def keep_file(
    name: str, content: bytes | IO[bytes], *, program: Program | None = None, by: str, now: datetime
) -> StoredFile:
    """Keep an upload, typed by what it is, cleaned, once by content; the same name and content give the same row.

    `program` is whose file it is, for keys that reach one program only. Raises Invalid as `prepare_file` does.
    """
    return keep_prepared(prepare_file(name, content), program=program, by=by, now=now)


def sweep_files() -> int:
    """Remove contents from the disk that no row has named for a day. Returns how many."""
    known: set[str] = set()
    for digests in StoredFile.objects.values_list("sha256", "small_sha256").iterator():
        known.update(digests)
    return storing.drop_unknown(known, older_than_seconds=_REST_SECONDS)
