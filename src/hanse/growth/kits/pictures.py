"""Pictures and other files of kits: what goes with one, what a partner may open, all of it in one archive."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.kits import rules
from hanse.growth.kits.models import Kit, KitPicture
from hanse.growth.kits.queries import FilledKit, Mine, kits_for
from hanse.growth.kits.types import CHANNELS, FilledCopy
from hanse.growth.resources.files.models import StoredFile
from hanse.growth.resources.files.queries import bytes_of
from hanse.growth.resources.files.showing import shows_files
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import audited_save, record_change
from hanse.spine.checks import Checks

_MOST_ZIP_BYTES = 60 * 1024 * 1024
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def add_picture(
    kit: Kit, file: StoredFile, *, alt: str = "", channel: str = "", now: datetime, by: str
) -> KitPicture:  # fmt: skip
    """Let a stored file go with a kit; once a file. Raises Invalid; refuses more than twenty."""
    checks = Checks()
    values = {"alt": checks.text("alt", alt, 200), "channel": checks.one_of("channel", channel, ("", *CHANNELS))}
    if file.program_id not in (None, kit.program_id):
        checks.refuse("file", _("This belongs to another program."), "other_program")
    checks.done()
    known = KitPicture.objects.filter(kit=kit, file=file).first()
    if known is not None:
        audited_save(known, values, actor=by, verb="change_kit_picture", now=now)
        return known
    count = kit.pictures.count()
    if count >= rules.MOST_PICTURES:
        raise Refused("too_many", _("At most %(limit)d files, please.") % {"limit": rules.MOST_PICTURES})
    row = KitPicture.objects.create(id=new_id(now), kit=kit, file=file, place=count, **values)
    _record(kit, {}, {"file": file.name}, now, by)
    return row


def take_picture_out(picture: KitPicture, *, now: datetime, by: str) -> None:
    """Let a file go with a kit no more; the file itself stays where else it is used."""
    _record(picture.kit, {"file": picture.file.name}, {}, now, by)
    picture.delete()


def pictures_of(kit: Kit) -> Sequence[KitPicture]:
    """Return what goes with a kit, in order."""
    return list(kit.pictures.select_related("file").order_by("place", "id"))


@shows_files
def kit_shows(file_id: UUID, enrolment: Enrolment, now: datetime) -> bool:
    """Say whether a kit shows a file to a partner: one that is open for them, or that they took."""
    if not KitPicture.objects.filter(file_id=file_id, kit__program_id=enrolment.program_id).exists():
        return False
    mine = [one.kit.pk for one in kits_for(enrolment, now)]
    return KitPicture.objects.filter(file_id=file_id, kit_id__in=mine).exists()


def pack(mine: Mine, filled: FilledKit) -> bytes:
    """Return all of a kit as a ZIP archive: a text file for each channel, what goes with it, the link and the code.

    What the disk lost and what would make it larger than 60 MB is named in the first file instead.
    """
    target, size, missing = io.BytesIO(), 0, list[str]()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, copy in enumerate(filled.copies, start=1):
            archive.writestr(f"{place:02d}-{copy.channel}.txt", _text(copy))
        names: set[str] = set()
        for picture in pictures_of(mine.kit):
            content = bytes_of(picture.file)
            if content is None or size + len(content) > _MOST_ZIP_BYTES:
                missing.append(picture.file.name)
                continue
            size += len(content)
            archive.writestr(f"pictures/{_free_name(picture.file.name, names)}", content)
        archive.writestr("00-read-me.txt", _read_me(mine, filled, missing))
    return target.getvalue()


def file_name(kit: Kit) -> str:
    """Return what the archive of a kit is called."""
    return f"{kit.key}.zip"


def _text(copy: FilledCopy) -> str:
    return f"{copy.title}\n\n{copy.text}\n" if copy.title else f"{copy.text}\n"


def _read_me(mine: Mine, filled: FilledKit, missing: Sequence[str]) -> str:
    lines = [mine.kit.name, "", mine.kit.prompt, ""]
    lines += [f"{copy.channel}: {copy.link}" for copy in filled.copies if copy.link]
    if filled.code:
        lines += ["", _("Your code: %(code)s") % {"code": filled.code}]
    if missing:
        lines += ["", _("Not inside, please download them one by one:"), *missing]
    return "\n".join(lines) + "\n"


def _free_name(name: str, taken: set[str]) -> str:
    """A plain name for any disk, once in the archive."""
    stem, dot, ending = name.rpartition(".")
    plain = _UNSAFE.sub("-", stem or ending).strip("-.")[:80] or "file"
    ending = _UNSAFE.sub("", ending)[:10] if dot and stem else ""
    number, wanted = 2, f"{plain}.{ending}" if ending else plain
    while wanted.lower() in taken:
        wanted, number = (f"{plain}-{number}.{ending}" if ending else f"{plain}-{number}"), number + 1
    taken.add(wanted.lower())
    return wanted


def _record(kit: Kit, before: dict[str, object], after: dict[str, object], now: datetime, by: str) -> None:
    Kit.objects.filter(pk=kit.pk).update(changed_at=now)
    record_change(
        actor=by, verb="change_kit_pictures", subject_kind="kit", subject_id=kit.pk, before=before, after=after, now=now
    )
