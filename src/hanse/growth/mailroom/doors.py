"""Doors: where a program's mail comes in, and the secret web address of each."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.mailroom.models import MailDoor
from hanse.kernel import signing
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_change
from hanse.spine.checks import Checks
from hanse.spine.secrets.keys import key_for
from hanse.spine.secrets.sealing import open_sealed, seal
from hanse.spine.web_addresses import ascii_host

IMAP_USE = "imap-password"


def door_secret(of: UUID, number: int, use: str = "mail") -> str:
    """Return the secret of a door: made of the installation's key, so only its hash is kept."""
    told = of.bytes + number.to_bytes(4, "big") + use.encode()
    digest = hashlib.blake2b(told, key=key_for("mail-door"), digest_size=24).digest()
    return urlsafe_b64encode(digest).decode("ascii")


def door_path(door: MailDoor) -> str:
    """Return the path that a forwarder posts mails to."""
    return f"/in/mail/{door_secret(door.program_id, door.secret_number)}"


def door_of(program: Program, now: datetime) -> MailDoor:
    """Return a program's door; the first time it is made, without addresses."""
    known = MailDoor.objects.filter(program=program).first()
    if known is not None:
        return known
    hash_ = signing.key_hash(door_secret(program.pk, 1))
    made, _is_new = MailDoor.objects.get_or_create(program=program, defaults={"secret_hash": hash_, "changed_at": now})
    return made


def door_by_secret(secret: str) -> MailDoor | None:
    """Return the door that a secret opens."""
    found = MailDoor.objects.filter(secret_hash=signing.key_hash(secret[:200]))
    return found.select_related("program").first()


def doors_for(recipients: Iterable[str]) -> list[MailDoor]:
    """Return the doors that addresses lead to, each once; what stands after a plus is not looked at."""
    plain = {without_tag(address) for address in recipients} - {""}
    if not plain:
        return []
    rows = MailDoor.objects.filter(address__in=plain) | MailDoor.objects.filter(mentions_address__in=plain)
    return list(rows.select_related("program").order_by("program_id"))


def without_tag(address: str) -> str:
    """Return an address in small letters without what stands after a plus."""
    local, at, host = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{host}" if at else ""


def set_door(
    door: MailDoor, *, address: str, mentions_address: str, imap_host: str = "", imap_port: int = 993,
    imap_login: str = "", imap_password: str | None = None, imap_folder: str = "INBOX", now: datetime, by: str,
) -> bool:  # fmt: skip
    """Say where mail comes in. `imap_password` None keeps the stored one, "" forgets it. Raises Invalid.

    Two programs cannot share an address, and an address is for one use.
    """
    checks = Checks()
    values: dict[str, object] = {
        "address": checks.email("address", address) if address.strip() else "",
        "mentions_address": checks.email("mentions_address", mentions_address) if mentions_address.strip() else "",
        "imap_host": _host(checks, imap_host), "imap_port": checks.whole_number("imap_port", imap_port, 1, 65_535),
        "imap_login": checks.text("imap_login", imap_login, 200), "imap_folder": _folder(checks, imap_folder),
    }  # fmt: skip
    password = checks.text("imap_password", imap_password or "", 500)
    _refuse_taken(checks, door, str(values["address"]), str(values["mentions_address"]))
    checks.done()
    if imap_password is not None:
        values["imap_sealed"] = seal({"password": password}, IMAP_USE) if password else ""
    if (values["imap_host"], values["imap_login"]) != (door.imap_host, door.imap_login):
        values |= {"imap_uid_validity": 0, "imap_uid_seen": 0, "imap_error": "", "imap_checked_at": None}
    sealed = values.pop("imap_sealed", None)
    changed = audited_save(door, values, actor=by, verb="set_mail_door", now=now)
    if sealed is not None:  # never into the audit, sealed or not
        MailDoor.objects.filter(pk=door.pk).update(imap_sealed=sealed, changed_at=now)
        door.imap_sealed = str(sealed)
    return changed or sealed is not None


def renew_secret(door: MailDoor, *, now: datetime, by: str) -> str:
    """Give a door a new secret; the old web address leads nowhere from now on. Returns the new path."""
    door.secret_number += 1
    door.secret_hash = signing.key_hash(door_secret(door.program_id, door.secret_number))
    door.changed_at = now
    door.save(update_fields=["secret_number", "secret_hash", "changed_at"])
    record_change(
        actor=by, verb="renew_mail_secret", subject_kind="maildoor", subject_id=door.pk, before={},
        after={"number": door.secret_number}, now=now,
    )  # fmt: skip
    return door_path(door)


def imap_password(door: MailDoor) -> str:
    """Return the password of a door's mail box, "" without one."""
    return open_sealed(door.imap_sealed, IMAP_USE).get("password", "")


def _host(checks: Checks, host: str) -> str:
    host = host.strip()
    if host and not ascii_host(host):
        checks.refuse("imap_host", _("A host is written like imap.example.com."), "bad_host")
    return ascii_host(host)


def _folder(checks: Checks, folder: str) -> str:
    folder = checks.text("imap_folder", folder or "INBOX", 200, required=True)
    if '"' in folder or "\\" in folder or not folder.isascii():
        checks.refuse("imap_folder", _("A folder’s name has no quotes or backslashes; plain letters only."), "bad_text")
    return folder


def _refuse_taken(checks: Checks, door: MailDoor, address: str, mentions: str) -> None:
    if address and address == mentions:
        checks.refuse("mentions_address", _("The two addresses must differ."), "taken")
    for field, wanted in (("address", address), ("mentions_address", mentions)):
        if wanted and wanted != without_tag(wanted):
            checks.refuse(field, _("Leave out what stands after the plus."), "bad_email")
        elif wanted and any(other.pk != door.pk for other in doors_for([wanted])):
            checks.refuse(field, _("Another program takes this address."), "taken")
