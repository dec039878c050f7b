"""Ending holds: what was held becomes payable, a bounded batch at a time."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from hanse.money.commissions.models import Commission
from hanse.money.commissions.rules import move
from hanse.money.holds.models import Case
from hanse.money.ledger.actions import post_many
from hanse.spine.bulk import update_many
from hanse.traffic.attribution.actions import freeze_attributions


def release_holds(as_of: datetime, limit: int) -> int:
    """Release up to `limit` commissions whose hold is over and that no open case keeps; return how many.

    Each is one posting (held −x, payable +x) with its own key, so a second run or a crash releases nothing twice. Their
    attributions are frozen. Fewer than `limit` means that nothing is left.
    """
    kept = Case.objects.filter(commission_id=OuterRef("pk"), decided_at=None)
    due = Commission.objects.filter(~Exists(kept), held_until__lte=as_of, approved_at=None, voided_at=None).order_by(
        "held_until", "id"
    )
    ids = list(due.values_list("id", flat=True)[:limit])
    rows = list(
        Commission.objects.filter(id__in=ids, approved_at=None, voided_at=None).order_by("id").select_for_update()
    )
    release(rows, as_of, "")
    return len(ids)


def release(rows: list[Commission], at: datetime, by: str) -> None:
    """Make commissions payable now, whatever their hold; the caller has locked and checked them."""
    if not rows:
        return
    post_many(
        [
            move(
                f"release:{row.id}", "release", min(row.held_until, at),
                commission=(row.program_id, row.enrolment_id, row.id, row.currency), pots=("held", "payable"),
                amount_minor=row.owed_minor, actor=by,
            )
            for row in rows
            if row.owed_minor
        ],
        at,
    )  # fmt: skip
    update_many(Commission, [{"id": row.id, "approved_at": at, "approved_by": by or row.approved_by} for row in rows])
    freeze_attributions([row.conversion_id for row in rows], at)
