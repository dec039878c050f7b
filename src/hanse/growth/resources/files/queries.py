"""Reads of stored files."""

from __future__ import annotations

from uuid import UUID

from hanse.growth.resources.files.models import StoredFile
from hanse.growth.resources.files.storing import content_of, is_on_disk


def file_of(file_id: UUID) -> StoredFile | None:
    """Return a stored file, or None."""
    return StoredFile.objects.filter(pk=file_id).first()


def missing_files() -> int:
    """Return how many stored files the disk does not have."""
    return sum(not is_on_disk(digest) for digest in StoredFile.objects.values_list("sha256", flat=True).distinct())


def bytes_of(file: StoredFile, *, is_small: bool = False) -> bytes | None:
    """Return a file's content, or of its little picture; None where the disk lost it."""
    return content_of(file.small_sha256 if is_small and file.small_sha256 else file.sha256)
