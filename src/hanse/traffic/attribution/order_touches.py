"""What stands on the order itself: codes, and a partner whom the buyer or the sender names."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models.functions import Lower

from hanse.kernel.errors import Invalid
from hanse.kernel.ids import parse_id
from hanse.programs.enrolments.models import Enrolment
from hanse.traffic.attribution.types import Subject, Touch
from hanse.traffic.coupons.models import Coupon

SURVEY = "survey"  # the metadata field in which an answer to “how did you hear of us?” may come


class OrderEvidence:
    """The codes and names that a batch of conversions brings, read once."""

    def __init__(self, subjects: Sequence[Subject]) -> None:
        self._coupons = _coupons(subjects)
        self._named = _named(subjects)

    def coupons_of(self, one: Subject) -> list[Touch]:
        """Return the order's code, and the codes of sources whose word did not stand, excluded."""
        first = [self._coupon(one, one.coupon_code)] if one.coupon_code else []
        return [*first, *(self._coupon(one, code, excluded="contradicted") for code in one.other_coupons)]

    def named_in(self, one: Subject) -> list[Touch]:
        """Return the partner whom the order names: by id, by name or by an own code."""
        found = []
        for hint in hints_of(one):
            enrolment_id = self._named.get((one.program_id, hint.lower()))
            excluded = "" if enrolment_id else "unknown_partner"
            touch = Touch(
                "survey", enrolment_id, excluded=excluded, detail={"named": hint}, is_browsers="partner" in one.browsers
            )
            found.append(touch)
        return found

    def _coupon(self, one: Subject, code: str, excluded: str = "") -> Touch:
        detail = {"code": code}
        coupon = self._coupons.get((one.program_id, code))
        if coupon is None:
            return Touch("coupon", excluded="unknown_coupon", detail=detail)
        starts_late = coupon.starts_at is not None and one.occurred_at < coupon.starts_at
        is_over = coupon.ends_at is not None and one.occurred_at >= coupon.ends_at
        is_gone = coupon.archived_at is not None and one.occurred_at >= coupon.archived_at
        excluded = "coupon_not_valid" if starts_late or is_over else "coupon_archived" if is_gone else excluded
        return Touch(
            "coupon", coupon.enrolment_id, coupon_id=coupon.id, excluded=excluded, detail=detail,
            is_browsers="coupon" in one.browsers,
        )  # fmt: skip


def hints_of(one: Subject) -> list[str]:
    """Return what the order names a partner with: the sender's field, and the buyer's answer."""
    answer = str(one.metadata.get(SURVEY) or "").strip()[:200]
    return list(dict.fromkeys(hint for hint in (one.partner_hint, answer) if hint))


def _coupons(subjects: Sequence[Subject]) -> dict[tuple[UUID, str], Coupon]:
    codes = {code for one in subjects for code in (one.coupon_code, *one.other_coupons) if code}
    if not codes:
        return {}
    rows = Coupon.objects.filter(program_id__in={one.program_id for one in subjects}, code__in=codes)
    return {(row.program_id, row.code): row for row in rows}


def _named(subjects: Sequence[Subject]) -> dict[tuple[UUID, str], UUID]:
    """Find enrolments by what orders name a partner with, in small letters: an enrolment's or a partner's id, an own
    code, or a name that only one partner of the program has."""
    hints = {hint for one in subjects for hint in hints_of(one)}
    if not hints:
        return {}
    ids = {id_: hint.lower() for hint in hints if (id_ := _id_of(hint)) is not None}
    rows = Enrolment.objects.filter(program_id__in={one.program_id for one in subjects})
    found: dict[tuple[UUID, str], UUID] = {}
    names: dict[tuple[UUID, str], set[UUID]] = {}
    lower = rows.annotate(name=Lower("partner__name")).filter(name__in={hint.lower() for hint in hints})
    for program_id, name, id_ in lower.values_list("program_id", "name", "id"):
        names.setdefault((program_id, name), set()).add(id_)
    found |= {key: next(iter(who)) for key, who in names.items() if len(who) == 1}
    codes = Coupon.objects.filter(
        program_id__in={one.program_id for one in subjects}, code__in={hint.upper() for hint in hints}
    )
    for program_id, code, id_ in codes.values_list("program_id", "code", "enrolment_id"):
        found[(program_id, code.lower())] = id_
    for field in ("partner_id", "id") if ids else ():
        for id_, program_id, value in rows.filter(**{f"{field}__in": ids}).values_list("id", "program_id", field):
            found[(program_id, ids[value])] = id_
    return found


def _id_of(hint: str) -> UUID | None:
    for prefix in ("prt", "enr"):
        try:
            return parse_id(prefix, hint)
        except Invalid:
            continue
    return None
