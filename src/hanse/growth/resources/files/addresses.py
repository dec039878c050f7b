"""Where stored files are opened: `/media/{id}/{name}` for who is signed in, and signed addresses that end for mails."""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import datetime, timedelta
from urllib.parse import quote
from uuid import UUID

from hanse.growth.resources.files.models import StoredFile
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.kernel.signing import constant_time_equal
from hanse.spine.secrets.keys import key_for

PREFIX = "fil"
_MAC_BYTES, _DAY_S = 16, 86_400


def media_href(
    file: StoredFile, *, for_days: int | None = None, is_small: bool = False, asks_to_save: bool = False
) -> str:
    """Return the path of a stored file.

    Without `for_days` it opens for colleagues, and for partners to whom something that is theirs to see shows it (see
    `showing.shows_files`). With `for_days` it opens for everybody who has the address, until so many days from now:
    for mails. `is_small`: the little picture. `asks_to_save`: the browser saves it instead of showing it.
    """
    asked = [word for word, is_asked in (("small", is_small), ("save", asks_to_save)) if is_asked]
    if for_days is not None:
        asked.append(f"until={_seal(file.pk, clock.now() + timedelta(days=for_days))}")
    query = f"?{'&'.join(asked)}" if asked else ""
    return f"/media/{text_id(PREFIX, file.pk)}/{quote(file.name, safe='')}{query}"


def is_open(file_id: UUID, seal: str, now: datetime) -> bool:
    """Say whether a seal was given for this file and has not ended."""
    try:
        raw = base64.urlsafe_b64decode(seal + "=" * (-len(seal) % 4)) if seal.isascii() and len(seal) < 80 else b""
    except (binascii.Error, ValueError):
        return False
    if len(raw) != 8 + _MAC_BYTES or not constant_time_equal(raw[8:], _mac(file_id, raw[:8])):
        return False
    return now.timestamp() < int.from_bytes(raw[:8], "big")


def _seal(file_id: UUID, until: datetime) -> str:
    """Seals end at the turn of a day, so that an address stays the same for a while and is fetched once."""
    ends = (int(until.timestamp()) // _DAY_S + 1) * _DAY_S
    told = ends.to_bytes(8, "big")
    return base64.urlsafe_b64encode(told + _mac(file_id, told)).decode().rstrip("=")


def _mac(file_id: UUID, told: bytes) -> bytes:
    return hashlib.blake2b(file_id.bytes + told, key=key_for("media"), digest_size=_MAC_BYTES).digest()
