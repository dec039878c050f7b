"""Verbs of coupons."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.rules import free_variant
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks
from hanse.traffic.coupons import queries
from hanse.traffic.coupons.models import Coupon

CODE_MAX = 60
_CODE = re.compile(r"[A-Z0-9][A-Z0-9._+%-]*")
_AUDITED = ("program_id", "enrolment_id", "code", "description", "starts_at", "ends_at")


class CouponChanges(TypedDict, total=False):
    """What may be changed of a coupon; its code stays, orders carry it."""

    description: str
    starts_at: datetime | None
    ends_at: datetime | None


def create_coupon(
    enrolment: Enrolment, *, code: str, description: str = "", starts_at: datetime | None = None,
    ends_at: datetime | None = None, now: datetime, by: str,
) -> Coupon:  # fmt: skip
    """Give an enrolment a code that attributes by itself; it is stored in capitals. A program has each code once, ever.

    Raises Invalid; refuses ended enrolments.
    """
    if enrolment.status == "ended":
        raise Refused("enrolment_closed", _("This enrolment is ended: it gets no new codes."))
    checks = Checks()
    changes: CouponChanges = {"description": description, "starts_at": starts_at, "ends_at": ends_at}
    values = _checked(checks, changes, None)
    code = _checked_code(checks, enrolment, code)
    checks.done()
    coupon = Coupon(
        id=new_id(now), program_id=enrolment.program_id, enrolment=enrolment, code=code, created_at=now, **values
    )
    coupon.save(force_insert=True)
    record_creation(coupon, actor=by, verb="create_coupon", fields=_AUDITED, now=now)
    return coupon


def change_coupon(coupon: Coupon, *, now: datetime, by: str, **changes: Unpack[CouponChanges]) -> Coupon:
    """Change a coupon's description or dates. Raises Invalid."""
    checks = Checks()
    values = _checked(checks, changes, coupon)
    checks.done()
    audited_save(coupon, values, actor=by, verb="change_coupon", now=now)
    return coupon


def archive_coupon(coupon: Coupon, *, now: datetime, by: str) -> None:
    """Let a code attribute no more from now on. Its code is never given to somebody else."""
    if coupon.archived_at is None:
        audited_save(coupon, {"archived_at": now}, actor=by, verb="archive_coupon", now=now)


def _checked_code(checks: Checks, enrolment: Enrolment, code: str) -> str:
    code = code.strip().upper()
    if not _CODE.fullmatch(code) or len(code) > CODE_MAX:
        message = _("A code has letters, digits and - . _ + % only, at most {limit}.").format(limit=CODE_MAX)
        checks.refuse("code", message, "bad_code")
        return code
    known = queries.coupon_by_code(enrolment.program_id, code)
    if known is not None:
        alike = Coupon.objects.filter(program_id=enrolment.program_id, code__startswith=code)
        free = free_variant(code, set(alike.values_list("code", flat=True)), CODE_MAX)
        message = _("“%(code)s” is taken. “%(free)s” is free.") % {"code": code, "free": free}
        checks.refuse("code", message, "code_taken")
    return code


def _checked(checks: Checks, changes: CouponChanges, coupon: Coupon | None) -> dict[str, object]:
    values = dict[str, object](changes)
    if "description" in changes:
        values["description"] = checks.text("description", changes["description"], 200)
    starts_at = changes.get("starts_at", coupon.starts_at if coupon else None)
    ends_at = changes.get("ends_at", coupon.ends_at if coupon else None)
    if starts_at and ends_at and ends_at <= starts_at:
        checks.refuse("ends_at", _("The end must come after the start."), "out_of_order")
    return values
