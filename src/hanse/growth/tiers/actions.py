"""Verbs of tiers that a person does: lock, let go, move, decide what waits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from hanse.growth.tiers.models import TierDecision, TierLock, TierReview, TierStanding
from hanse.growth.tiers.queries import lock_of
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.money.commissions.moving import move_to_tier
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.tiers.models import Tier
from hanse.programs.tiers.queries import tier_by_key
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks

ASK_AGAIN_DAYS = 30
LONGEST_REASON = 500


def lock_tier(
    enrolment: Enrolment, *, reason: str, tier: Tier | None = None, until: date | None = None, now: datetime, by: str
) -> TierLock:
    """Keep an enrolment in a tier (default: where it is), ranked but not moved, until a day or until let go.

    Raises Invalid without a reason, for a day that is over or another program's tier; refuses a second lock.
    """
    checks = Checks()
    reason = checks.text("reason", reason, LONGEST_REASON, required=True, lines=True)
    if until is not None and until < local_day(now, enrolment.program.time_zone):
        checks.refuse("until", _("This day is over."), "in_the_past")
    checks.done()
    end_old_lock(enrolment, now, by)
    if TierLock.objects.filter(enrolment=enrolment, released_at=None).exists():
        raise Refused("already_locked", _("The tier is locked already. Let it go first."))
    if tier is not None and tier.pk != enrolment.tier_id:
        move_to_tier(enrolment, tier, reason=reason, now=now, by=by)
    if enrolment.tier is None:
        raise Refused("no_tier", _("There is no tier yet to be locked in."))
    lock = TierLock(
        id=new_id(now), enrolment=enrolment, tier=enrolment.tier, reason=reason, locked_at=now, locked_by=by[:200],
        until=until,
    )  # fmt: skip
    lock.save(force_insert=True)
    record_creation(
        lock, actor=by, verb="lock_tier", fields=("enrolment_id", "tier_id", "until"), reason=reason, now=now
    )
    _begin_anew(enrolment, now)
    _tell(enrolment, TierDecision.Kind.LOCKED, enrolment.tier.key, enrolment.tier.key, reason, now, by)
    _withdraw(enrolment, now)
    return lock


def end_old_lock(enrolment: Enrolment, now: datetime, by: str) -> None:
    """Close a lock whose last day is over, so that a new one may be set."""
    today = local_day(now, enrolment.program.time_zone)
    for lock in TierLock.objects.filter(enrolment=enrolment, released_at=None, until__lt=today):
        values = {"released_at": now, "released_by": by[:200], "release_reason": _("its last day is over")}
        audited_save(lock, values, actor=by, verb="unlock_tier", now=now)


def unlock_tier(enrolment: Enrolment, *, reason: str = "", now: datetime, by: str) -> TierLock:
    """Let the rules decide again. Refuses where nothing is locked."""
    checks = Checks()
    reason = checks.text("reason", reason, LONGEST_REASON, lines=True)
    checks.done()
    lock = TierLock.objects.select_related("tier").filter(enrolment=enrolment, released_at=None).first()
    if lock is None:
        raise Refused("not_locked", _("This tier is not locked."))
    values = {"released_at": now, "released_by": by[:200], "release_reason": reason}
    audited_save(lock, values, actor=by, verb="unlock_tier", reason=reason, now=now)
    TierStanding.objects.filter(enrolment=enrolment).update(is_locked=False)
    key = enrolment.tier.key if enrolment.tier else lock.tier.key
    _tell(enrolment, TierDecision.Kind.UNLOCKED, key, key, reason, now, by)
    return lock


def move_by_hand(enrolment: Enrolment, tier: Tier, *, reason: str, now: datetime, by: str) -> Enrolment:
    """Move an enrolment with a reason that is kept. The rules go on from there; lock it to keep it there.

    Raises Invalid without a reason or for another program's tier. The same tier changes nothing.
    """
    checks = Checks()
    reason = checks.text("reason", reason, LONGEST_REASON, required=True, lines=True)
    checks.done()
    before = enrolment.tier.key if enrolment.tier else ""
    if tier.key == before:
        return enrolment
    move_to_tier(enrolment, tier, reason=reason, now=now, by=by)
    _begin_anew(enrolment, now)
    _tell(enrolment, TierDecision.Kind.MOVED, before, tier.key, reason, now, by)
    _withdraw(enrolment, now)
    return enrolment


def decide_review(review: TierReview, verdict: str, *, reason: str = "", now: datetime, by: str) -> TierReview:
    """Make a move that waits (`moved`), or leave somebody where they are (`kept`) and not be asked for 30 days.

    Raises Invalid for another verdict, or `kept` without a reason; refuses what is decided or withdrawn already.
    """
    checks = Checks()
    checks.one_of("verdict", verdict, ("moved", "kept"))
    reason = checks.text("reason", reason, LONGEST_REASON, required=verdict == "kept", lines=True)
    checks.done()
    row = TierReview.objects.select_for_update().get(pk=review.pk)
    if row.verdict:
        raise Refused("decided_already", _("This was decided already."))
    enrolment = Enrolment.objects.select_related("program", "tier", "partner").get(pk=row.enrolment_id)
    on = local_day(now, enrolment.program.time_zone)
    values = {
        "verdict": verdict, "decided_at": now, "decided_by": by[:200], "reason": reason,
        "asks_again_on": on + timedelta(days=ASK_AGAIN_DAYS) if verdict == "kept" else None,
    }  # fmt: skip
    audited_save(row, values, actor=by, verb="decide_tier_review", reason=reason, now=now)
    if verdict == "moved":
        tier = tier_by_key(row.program_id, row.after)
        move_to_tier(enrolment, tier, reason=reason or _("after review"), now=now, by=by)
        _begin_anew(enrolment, now)
        _tell(enrolment, TierDecision.Kind.MOVED, row.before, row.after, reason, now, by)
    else:
        TierStanding.objects.filter(enrolment=enrolment).update(below_exit=0, before_below_exit=0)
        _tell(enrolment, TierDecision.Kind.KEPT, row.before, row.before, reason, now, by)
    return row


def _begin_anew(enrolment: Enrolment, now: datetime) -> None:
    """Let the next evaluation, also one of the same day, begin from what a person decided."""
    key = enrolment.tier.key if enrolment.tier else ""
    TierStanding.objects.filter(enrolment=enrolment).update(
        tier=key,
        since=now,
        below_exit=0,
        before_tier=key,
        before_since=now,
        before_below_exit=0,
        is_locked=lock_of(enrolment.pk, local_day(now, enrolment.program.time_zone)) is not None,
    )


def _withdraw(enrolment: Enrolment, now: datetime) -> None:
    """A question about a move is over once a person moved or locked."""
    rows = TierReview.objects.filter(enrolment=enrolment, verdict=TierReview.Verdict.OPEN)
    rows.update(verdict=TierReview.Verdict.WITHDRAWN, decided_at=now)


def _tell(enrolment: Enrolment, kind: str, before: str, after: str, reason: str, now: datetime, by: str) -> None:
    state = TierStanding.objects.filter(enrolment=enrolment).first()
    numbers = {}
    if state is not None:
        numbers = {
            "rank": state.rank, "field": state.field_size, "value_minor": state.value_minor,
            "conversions": state.conversions, "on": state.on.isoformat(),
        }  # fmt: skip
    TierDecision.objects.create(
        id=new_id(now), program_id=enrolment.program_id, enrolment=enrolment, kind=kind, before=before, after=after,
        on=local_day(now, enrolment.program.time_zone), at=now, numbers=numbers, reason=reason, actor=by[:200],
        given=state.given if state else "", rules_id=state.rules_id if state else None,
    )  # fmt: skip
