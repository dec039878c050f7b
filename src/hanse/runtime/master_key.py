"""The installation's master secret: one file in the data folder, from which every other key is derived."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

KEY_FILE = "secret.key"


def master_key(data: Path) -> bytes:
    """Return the 32 bytes of `<data>/secret.key`; make the file (readable by its owner only) if it is not there yet.

    Raises ValueError if the file holds something else: a lost key must be restored, never silently replaced.
    """
    path = data / KEY_FILE
    if not path.exists():
        _write_once(path, secrets.token_hex(32))
    key = _decoded(path.read_text("ascii", errors="replace"))
    if len(key) != 32:
        raise ValueError(f"{path} does not hold a key of 64 hexadecimal characters; restore it from a backup.")
    return key


def _decoded(text: str) -> bytes:
    try:
        return bytes.fromhex(text.strip())
    except ValueError:
        return b""


def _write_once(path: Path, text: str) -> None:
    """Write the file whole or not at all; when two processes are first at once, one key wins and both read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
