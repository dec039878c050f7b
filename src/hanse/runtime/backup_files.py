"""Uploads in a backup: copied after the books, which name none that is not there; checked when they come back."""

from __future__ import annotations

import hashlib
import re
import shutil
import tarfile
from pathlib import Path

from hanse.kernel.errors import Refused

FOLDER = "files"
_MEMBER = re.compile(rf"{FOLDER}/([0-9a-f]{{2}})/(?=\1)[0-9a-f]{{64}}")


def is_file_member(name: str) -> bool:
    """Say whether a name in a backup is that of an upload."""
    return _MEMBER.fullmatch(name) is not None


def add_files(tar: tarfile.TarFile, data: Path) -> int:
    """Add every upload to a backup; returns how many. They are never changed, so they need no lock."""
    added = 0
    for path in sorted((data / FOLDER).glob("??/*")):
        name = f"{FOLDER}/{path.parent.name}/{path.name}"
        if is_file_member(name):
            tar.add(path, arcname=name, recursive=False)
            added += 1
    return added


def check_files(unpacked: Path) -> None:
    """Raise Refused for an upload of an unpacked backup whose content is not what its name says."""
    for path in sorted((unpacked / FOLDER).glob("??/*")):
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.name:
            raise Refused("damaged", f"An upload in the backup is damaged: {path.name}.")


def put_back_files(unpacked: Path, data: Path) -> None:
    """Put the uploads of an unpacked backup into a data folder, in place of those that are there."""
    shutil.rmtree(data / FOLDER, ignore_errors=True)
    if (unpacked / FOLDER).is_dir():
        shutil.move(unpacked / FOLDER, data / FOLDER)
