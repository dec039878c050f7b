"""ZIP archives: every entry is measured before it is unpacked, checked as a file of its own, and packed anew."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hanse.growth.resources.files.names import path_problem, safe_name, shown_name
from hanse.growth.resources.files.refusing import refuse
from hanse.growth.resources.files.types import (
    MEGABYTE,
    MOST_ENTRIES,
    MOST_PIXELS,
    MOST_RATIO,
    MOST_UNPACKED_BYTES,
    Checked,
)
from hanse.kernel.errors import Invalid, Problem

_LEFT_OUT = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_HEADER_BYTES = 30
_SMALL_ENTRY = 64 * 1024  # a small entry may be packed as tightly as it likes


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive, unpacked."""

    name: str
    content: bytes


def check_zip(content: bytes, check: Callable[[str, bytes, int], Checked]) -> Checked:
    """Return an archive packed anew of its checked files. Raises Invalid with the entry that cannot stay.

    `check` looks at one entry: its name, its bytes, and how many pixels it may have.
    """
    kept, pixels, mended = [], MOST_PIXELS, set()
    for entry in entries_of(content):
        if entry.name.startswith(_LEFT_OUT) or entry.name.rsplit("/", 1)[-1] in _LEFT_OUT:
            mended.add("extras")
            continue
        try:
            found = check(entry.name, entry.content, pixels)
        except Invalid as bad:
            why = bad.problems[0]
            message = _("%(name)s in the archive: %(why)s") % {"name": shown_name(entry.name), "why": why.message}
            raise Invalid([Problem("/file", message, why.code)]) from None
        pixels -= found.pixels
        folder, _slash, base = entry.name.rpartition("/")
        name = "/".join([*([folder] if folder else []), safe_name(base, found.kind)])
        mended |= {*found.mended, *(["names"] if name != entry.name else [])}
        kept.append(Entry(name, found.content))
    if len({one.name.casefold() for one in kept}) < len(kept):
        refuse("doubled", _("Two files of this archive have the same name. Rename one and pack again."))
    if not kept:
        refuse("empty", _("There is nothing in this archive."))
    return Checked("zip", packed(kept), mended=tuple(sorted(mended)))


def packed(entries: Sequence[Entry]) -> bytes:
    """Return an archive of these files and nothing else, the same each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, entry.content)
    return out.getvalue()


def entries_of(content: bytes) -> Iterator[Entry]:
    """Yield the files of an archive. Raises Invalid for bombs, names that lead out, links, locks and damage."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = archive.infolist()
            _check_list(listed, len(content))
            for info in listed:
                if not info.is_dir():
                    yield Entry(info.filename, archive.read(info))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
        refuse("damaged", _("This archive is damaged. Pack it again."))


def _check_list(listed: Sequence[zipfile.ZipInfo], size_bytes: int) -> None:
    if len(listed) > MOST_ENTRIES:
        refuse("too_many_entries", _("At most %(most)d files in one archive.") % {"most": MOST_ENTRIES})
    if sum(info.file_size for info in listed) > MOST_UNPACKED_BYTES:
        refuse("bomb", _("This archive unpacks to more than %(most)d MB. Send its files one by one.") % {
            "most": MOST_UNPACKED_BYTES // MEGABYTE
        })  # fmt: skip
    names: set[str] = set()
    for info in listed:
        _check_entry(info)
        name = info.filename.rstrip("/").casefold()
        if name in names:
            refuse(
                "doubled",
                _("Two files of this archive have the same name: %(name)s.") % {"name": shown_name(info.filename)},
            )
        names.add(name)
    _check_places(listed, size_bytes)


def _check_entry(info: zipfile.ZipInfo) -> None:
    shown = {"name": shown_name(info.filename)}
    if path_problem(info.filename) or info.orig_filename != info.filename:
        refuse("bad_name", _("The name “%(name)s” in this archive could lead out of its folder or cannot be kept. "
                             "Rename it with plain letters and pack again.") % shown)  # fmt: skip
    if info.flag_bits & 0x1:
        refuse("locked", _("This archive is locked, so nobody can check it. Pack it without a password."))
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        refuse("packing", _("This archive is packed in an unusual way. Pack it as a plain ZIP."))
    mode = info.external_attr >> 16
    if mode and not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_IFMT(mode) == 0):
        refuse(
            "link", _("“%(name)s” in this archive is a link or a device, no file. Pack the files themselves.") % shown
        )
    if info.file_size > _SMALL_ENTRY and info.file_size > MOST_RATIO * max(1, info.compress_size):
        refuse("bomb", _("“%(name)s” in this archive unpacks to more than %(most)d times its size, as a bomb does. "
                         "Send it by itself.") % {**shown, "most": MOST_RATIO})  # fmt: skip


def _check_places(listed: Sequence[zipfile.ZipInfo], size_bytes: int) -> None:
    """Refuse entries that lie over each other: the trick by which a small archive unpacks to very much."""
    until = 0
    for info in sorted(listed, key=lambda one: one.header_offset):
        if info.header_offset < until or (until == 0 and info.header_offset != 0):
            refuse("bomb", _("The files of this archive lie over each other or behind something else. Pack it again."))
        until = info.header_offset + _HEADER_BYTES + len(info.orig_filename) + info.compress_size
    if until > size_bytes:
        refuse("damaged", _("This archive is damaged. Pack it again."))
