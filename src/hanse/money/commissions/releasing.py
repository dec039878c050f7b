"""Ending holds: what was held becomes payable, a bounded batch at a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.money.commissions.models import Commission
from hanse.money.commissions.rules import booking
from hanse.money.holds.models import Case
from hanse.money.ledger.actions import lock_chain, post_many
from hanse.money.promises.settling import settlement_for
from hanse.money.referrals.actions import release_shares
from hanse.spine.bulk import update_many
from hanse.traffic.attribution.actions import freeze_attributions
from hanse.traffic.attribution.hand import words_not_heard


def release_holds(as_of: datetime, limit: int) -> int:
    """Release up to `limit` commissions whose hold is over and that no open case keeps; return how many. What a person
    has just credited otherwise waits until that counts.

    Each is one posting (held −x, payable +x) with its own key, so a second run or a crash releases nothing twice. Their
    attributions are frozen. Fewer than `limit` means that nothing is left.
    """
    found = due_holds(as_of, limit)
    release_these(found, as_of)
    return len(found)


def due_holds(as_of: datetime, limit: int, but: Collection[UUID] = ()) -> list[UUID]:
    """Return up to `limit` commissions whose hold is over, the longest waiting first, leaving some out."""
    rows = _due(as_of).exclude(id__in=but).order_by("held_until", "id")
    return list(rows.values_list("id", flat=True)[:limit])


def release_these(ids: Collection[UUID], as_of: datetime) -> None:
    """Release those of the commissions that are still due; see `release_holds`."""
    conversions = Commission.objects.filter(id__in=ids).values_list("conversion_id", flat=True)
    freeze_attributions(list(conversions), as_of)  # decisions are locked before the books
    lock_chain()
    rows = _due(as_of).filter(id__in=ids).order_by("id").select_for_update()
    _make_payable(list(rows), as_of, "")


def release(row: Commission, at: datetime, by: str) -> None:
    """Make one commission payable now; the caller has locked and checked it. Refuses one that somebody has just
    credited otherwise: approved, it would stay with those it was with before."""
    if words_not_heard().filter(conversion_id=row.conversion_id).exists():
        raise Refused("credited_anew", _("Somebody has just said whose this order is. Approve it in a minute."))
    freeze_attributions([row.conversion_id], at)
    _make_payable([row], at, by)


def _due(as_of: datetime) -> QuerySet[Commission]:
    kept = Case.objects.filter(commission_id=OuterRef("pk"), decided_at=None)
    unheard = words_not_heard().filter(conversion_id=OuterRef("conversion_id"))
    rows = Commission.objects.filter(held_until__lte=as_of, approved_at=None, voided_at=None)
    return rows.filter(~Exists(kept), ~Exists(unheard))


def _make_payable(rows: list[Commission], at: datetime, by: str) -> None:
    """Move what is held to what is payable, less what pays back an advance; all of it paid back counts as paid."""
    update_many(Commission, [{"id": row.id, "approved_at": at, "approved_by": by or row.approved_by} for row in rows])
    settlement = settlement_for({row.enrolment_id for row in rows}, at)
    postings, paid = [], []
    for row in rows:
        back = settlement.take_shift(row.id)
        if row.owed_minor:
            postings.append(
                booking(
                    f"release:{row.id}", "release", min(row.held_until, at),
                    commission=(row.program_id, row.enrolment_id, row.id, row.currency),
                    changes={"held": -row.owed_minor, "payable": row.owed_minor - back, "advance": back}, actor=by,
                )
            )  # fmt: skip
            paid += [row.id] if back == row.owed_minor else []
    post_many(postings, at)
    release_shares([row.id for row in rows], at, by)
    Commission.objects.filter(id__in=paid).update(paid_at=at)
    settlement.book()
