"""Proof of referrals: each share derived again from its commission, and all of them compared with the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum

from hanse.money.commissions.models import Commission
from hanse.money.ledger.models import Entry
from hanse.money.ledger.types import Finding
from hanse.money.referrals.models import ReferralShare
from hanse.money.referrals.reading import Recruits, recruits_among, sources
from hanse.programs.enrolments.models import Enrolment

_STEP = 2_000


def verify_referrals() -> list[Finding]:
    """Derive what every commission of a recruit earns the recruiter and compare it, and the books' sums; return what is
    wrong."""
    brought = list(Enrolment.objects.exclude(partner__recruited_by=None).values_list("id", flat=True))
    recruits = recruits_among(brought)
    kept = dict(ReferralShare.objects.order_by("id").values_list("id", "commission_id"))
    ids = list(Commission.objects.filter(enrolment_id__in=recruits.by_enrolment).values_list("id", flat=True))
    ids = list(dict.fromkeys([*ids, *kept.values()]))
    findings: list[Finding] = []
    for start in range(0, len(ids), _STEP):
        findings += _derive(recruits, ids[start : start + _STEP])
    return [*findings, *_compare_books()]


def _derive(recruits: Recruits, commission_ids: list[UUID]) -> Iterator[Finding]:
    kept: dict[tuple[UUID, UUID], int] = {}
    rows = ReferralShare.objects.filter(commission_id__in=commission_ids)
    for commission_id, enrolment_id, minor in rows.values_list("commission_id", "enrolment_id", "owed_minor"):
        kept[commission_id, enrolment_id] = minor
    for source in sources(commission_ids):
        share = recruits.share_of(source)
        wanted: dict[tuple[UUID, UUID], int] = {(source["id"], share[0]): share[1].owed_minor} if share else {}
        mine = {place: minor for place, minor in kept.items() if place[0] == source["id"]}
        for place in wanted.keys() | mine.keys():
            if wanted.get(place, 0) != mine.get(place, 0):
                message = f"Kept {mine.get(place, 0)}, derived {wanted.get(place, 0)}."
                yield Finding("referral", str(source["id"]), message)


def _compare_books() -> Iterator[Finding]:
    """Compare each recruiter's held and payable shares with the entries that were booked for them."""
    of_shares = Q(transaction__cause="referral") | Q(transaction__key__startswith="referral-release:")
    booked: dict[tuple[Any, str], int] = {}
    sums = Entry.objects.filter(of_shares, account__kind__in=("held", "payable")).order_by()
    for row in sums.values("account__enrolment_id", "account__kind").annotate(sum=Sum("amount_minor")):
        booked[row["account__enrolment_id"], row["account__kind"]] = row["sum"]
    wanted: dict[tuple[Any, str], int] = {}
    shares = ReferralShare.objects.order_by().values("enrolment_id", "commission__approved_at").annotate(
        sum=Sum("owed_minor")
    )  # fmt: skip
    for share in shares:
        place = (share["enrolment_id"], "payable" if share["commission__approved_at"] is not None else "held")
        wanted[place] = wanted.get(place, 0) + share["sum"]
    for place in sorted(wanted.keys() | booked.keys(), key=str):
        if wanted.get(place, 0) != booked.get(place, 0):
            message = f"{place[1]}: {wanted.get(place, 0)} by shares, {booked.get(place, 0)} in the ledger."
            yield Finding("referral books", str(place[0]), message)
