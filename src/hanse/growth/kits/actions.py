"""Verbs of kits: write one, show it to partners, take it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Unpack

from django.utils.translation import gettext as _

from hanse.growth.kits import rules
from hanse.growth.kits.checking import checked_kit
from hanse.growth.kits.fields import KitFields
from hanse.growth.kits.models import Kit, KitCopy
from hanse.growth.kits.types import CopyIn
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks

_AUDITED = ("key", "name", "offer_id", "destination_url", "language", "tiers", "types", "code_rule", "ends_on")


def keep_kit(
    program: Program, *, now: datetime, by: str, instead_of: Kit | None = None, **fields: Unpack[KitFields]
) -> Kit:
    """Write a kit down as a draft; `instead_of` is changed in its place, also while partners use it. Raises Invalid.

    Its key stays once it is made: it stands in links that are out in the world. `copies`, when given, replace all.
    """
    checks = Checks()
    values, copies = checked_kit(checks, program, fields, instead_of)
    key = instead_of.key if instead_of else _checked_key(checks, program, fields.get("key", ""))
    checks.done()
    if instead_of is None:
        row = Kit.objects.create(
            id=new_id(now), program=program, key=key, created_at=now, created_by=by[:200], changed_at=now, **values
        )
        record_creation(row, actor=by, verb="keep_kit", fields=_AUDITED, now=now)
    else:
        row = instead_of
        if audited_save(row, values, actor=by, verb="change_kit", now=now):
            Kit.objects.filter(pk=row.pk).update(changed_at=now)
    if "copies" in fields:
        _replace_copies(row, copies, now, by)
    return row


def publish_kit(kit: Kit, *, now: datetime, by: str) -> Kit:
    """Show a kit to the partners it is for, or show it again. Refuses one without words, and one that is over."""
    row = Kit.objects.select_for_update(of=("self",)).select_related("program", "offer").get(pk=kit.pk)
    if row.published_at is not None and row.withdrawn_at is None:
        raise Refused("published", _("Partners see this already."))
    if not row.copies.exists():
        raise Refused("no_copies", _("Write at least one text first: a kit without words helps nobody."))
    if row.ends_on is not None and row.ends_on < local_day(now, row.program.time_zone):
        raise Refused("over", _("Its last day is over. Change the days first."))
    if row.offer.archived_at is not None:
        raise Refused("archived", _("This offer is archived."))
    audited_save(row, {"published_at": now, "withdrawn_at": None}, actor=by, verb="publish_kit", now=now)
    kit.refresh_from_db()
    return kit


def withdraw_kit(kit: Kit, *, now: datetime, by: str) -> Kit:
    """Show a kit no more; links that are out go on working and count. A draft is put away."""
    row = Kit.objects.select_for_update().get(pk=kit.pk)
    if row.withdrawn_at is not None:
        raise Refused("withdrawn", _("This was taken back already."))
    audited_save(row, {"withdrawn_at": now}, actor=by, verb="withdraw_kit", now=now)
    kit.refresh_from_db()
    return kit


def _checked_key(checks: Checks, program: Program, key: str) -> str:
    key = checks.key("key", key.strip().lower(), rules.KEY_MAX)
    if Kit.objects.filter(program=program, key=key).exists():
        checks.refuse("key", _("Another kit has this name in its links."), "key_taken")
    return key


def _replace_copies(kit: Kit, copies: Sequence[CopyIn], now: datetime, by: str) -> None:
    """Texts keep their place, so that what partners copied of one stays with it."""
    before = list(kit.copies.order_by("place").values("channel", "title", "text"))
    if before == [dict(one) for one in copies]:
        return
    kit.copies.all().delete()
    KitCopy.objects.bulk_create(
        KitCopy(id=new_id(now), kit=kit, place=place, **one) for place, one in enumerate(copies)
    )
    Kit.objects.filter(pk=kit.pk).update(changed_at=now)
    record_change(
        actor=by, verb="write_kit", subject_kind="kit", subject_id=kit.pk, before={"texts": len(before)},
        after={"texts": len(copies)}, now=now,
    )  # fmt: skip
