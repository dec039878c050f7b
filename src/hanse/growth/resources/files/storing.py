"""Files on the disk: each content once, named by its hash, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

from django.conf import settings

FOLDER = "files"


def folder() -> Path:
    """Return where contents lie: `files` in the data folder."""
    return Path(settings.DATA_DIR) / FOLDER


def place_of(digest: str) -> Path:
    """Return the path of a content. `digest` is the SHA-256 in hexadecimal."""
    return folder() / digest[:2] / digest


def store(content: bytes) -> str:
    """Keep a content and return its SHA-256. Safe to repeat and to be killed at: half a file never has a name."""
    digest = hashlib.sha256(content).hexdigest()
    place = place_of(digest)
    if content_of(digest) is not None:
        os.utime(place)  # somebody counts on it again: the sweep of contents without a row leaves it alone
        return digest
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(place)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return digest


def content_of(digest: str) -> bytes | None:
    """Return a content, or None where the disk does not have it or has it damaged."""
    try:
        content = place_of(digest).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def is_on_disk(digest: str) -> bool:
    """Say whether the disk has a content; its bytes are compared when it is served."""
    return place_of(digest).is_file()


def drop_unknown(known: Collection[str], *, older_than_seconds: int) -> int:
    """Remove contents that no row names and drafts that were never finished. Returns how many."""
    until, dropped = time.time() - older_than_seconds, 0
    for path in list(folder().glob("??/*")) if folder().is_dir() else []:
        if path.name not in known and path.stat().st_mtime < until:
            path.unlink(missing_ok=True)
            dropped += 1
    return dropped
