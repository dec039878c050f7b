"""Verbs of referrals: following the commissions that they come from."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from hanse.kernel.ids import new_id
from hanse.money.commissions.models import Commission
from hanse.money.commissions.rules import booking, move
from hanse.money.ledger.actions import lock_chain, post_many
from hanse.money.ledger.types import Posting, PotKind
from hanse.money.referrals.models import ReferralShare
from hanse.money.referrals.reading import recruits_among, sources
from hanse.spine.bulk import insert_many, update_many

Row = dict[str, Any]
_COLUMNS = (
    "id", "program_id", "enrolment_id", "commission_id", "terms_id", "base_minor", "owed_minor", "currency", "parts",
    "revision", "occurred_at",
)  # fmt: skip
_DERIVED = ("terms_id", "base_minor", "owed_minor", "parts", "occurred_at")
_AT_A_TIME = 2_000


def follow_commissions(commission_ids: Collection[UUID], enrolment_ids: Collection[UUID], now: datetime) -> int:
    """Book what commissions (of these enrolments) earn those who recruited their partners; return how many changed.

    The difference to what is booked is posted, dated now: against what is held while the commission is held, after that
    against what is payable. The same again books nothing. The caller has locked the chain and stored the commissions.
    """
    recruits = recruits_among(enrolment_ids)
    shares = ReferralShare.objects.filter(commission__enrolment_id__in=enrolment_ids)
    if not recruits.by_enrolment and not shares.exists():
        return 0
    known = {(row["commission_id"], row["enrolment_id"]): row for row in _known(commission_ids)}
    rows = sources(commission_ids)
    wanted: dict[tuple[UUID, UUID], Row] = {}
    released = {row["id"] for row in rows if row["approved_at"] is not None}
    for source in rows:
        if (share := recruits.share_of(source)) is not None:
            row = _row(source, *share)
            wanted[row["commission_id"], row["enrolment_id"]] = row
    return _write(wanted, known, released, now)


def release_shares(commission_ids: Collection[UUID], at: datetime, by: str) -> None:
    """Let what recruiters earn from commissions become payable together with those."""
    rows = ReferralShare.objects.filter(commission_id__in=commission_ids).exclude(owed_minor=0).order_by("id")
    post_many(
        [
            move(
                f"referral-release:{row.id}", "release", at,
                commission=(row.program_id, row.enrolment_id, None, row.currency), pots=("held", "payable"),
                amount_minor=row.owed_minor, actor=by,
            )
            for row in rows
        ],
        at,
    )  # fmt: skip


def follow_recruit(enrolment_ids: Collection[UUID], now: datetime) -> int:
    """Book anew for all commissions of enrolments, once it is known who recruited them; return how many changed."""
    lock_chain()
    ids = list(Commission.objects.filter(enrolment_id__in=enrolment_ids).order_by("id").values_list("id", flat=True))
    return sum(
        follow_commissions(ids[start : start + _AT_A_TIME], enrolment_ids, now)
        for start in range(0, len(ids), _AT_A_TIME)
    )


def _known(commission_ids: Collection[UUID]) -> list[Row]:
    rows = ReferralShare.objects.filter(commission_id__in=commission_ids).order_by("id").select_for_update()
    return [dict(row) for row in rows.values(*_COLUMNS)]


def _row(source: Row, enrolment_id: UUID, share: Any) -> Row:
    return {
        "id": new_id(), "program_id": source["program_id"], "enrolment_id": enrolment_id,
        "commission_id": source["id"], "terms_id": share.terms_id, "base_minor": share.base_minor,
        "owed_minor": share.owed_minor, "currency": source["currency"], "parts": [list(part) for part in share.parts],
        "revision": 0, "occurred_at": source["occurred_at"],
    }  # fmt: skip


def _write(
    wanted: dict[tuple[UUID, UUID], Row], known: dict[tuple[UUID, UUID], Row], released: set[UUID], now: datetime
) -> int:
    new = [{**row, "revision": 1} for place, row in wanted.items() if place not in known and row["owed_minor"]]
    changed = []
    for place, before in known.items():
        nothing = {"terms_id": before["terms_id"], "base_minor": 0, "owed_minor": 0, "parts": []}
        row = {**before, **{name: wanted.get(place, {**before, **nothing})[name] for name in _DERIVED}}
        if any(row[name] != before[name] for name in _DERIVED):
            change = row["owed_minor"] - before["owed_minor"]
            changed.append({**row, "revision": before["revision"] + 1, "change": change})
    insert_many(ReferralShare, [{**row, "changed_at": now} for row in new])
    update_many(
        ReferralShare,
        [{name: row[name] for name in ("id", "revision", *_DERIVED)} | {"changed_at": now} for row in changed],
    )
    moves = [(row, row["owed_minor"]) for row in new] + [(row, row["change"]) for row in changed if row["change"]]
    post_many([_posting(row, minor, row["commission_id"] in released) for row, minor in moves], now)
    return len(new) + len(changed)


def _posting(row: Row, change_minor: int, is_released: bool) -> Posting:
    pot: PotKind = "payable" if is_released else "held"
    return booking(
        f"referral:{row['id']}:{row['revision']}", "referral", row["occurred_at"],
        commission=(row["program_id"], row["enrolment_id"], None, row["currency"]), changes={pot: change_minor},
    )  # fmt: skip
