"""Verbs of care: what a tier gets, what we promise it, and that a promise was kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from hanse.growth.care.models import PromiseDue, TierPromise, TierTreatment, UpcomingDay
from hanse.growth.care.rules import BOUNDS
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.people.access.models import TeamUser
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks

TEXTS = ("benefits", "goals", "path", "resources", "message_style")


def set_treatment(
    tier: Tier, *, contact: TeamUser | None = None, contact_words: str = "", benefits: str = "", goals: str = "",
    path: str = "", resources: str = "", message_style: str = "", now: datetime, by: str,
) -> TierTreatment:  # fmt: skip
    """Say what a tier gets beside its terms. Raises Invalid."""
    checks = Checks()
    texts = dict(zip(TEXTS, (benefits, goals, path, resources, message_style), strict=True))
    values: dict[str, Any] = {name: checks.text(name, text, 2_000, lines=True) for name, text in texts.items()}
    values["contact_words"] = checks.text("contact_words", contact_words, 200)
    checks.done()
    values |= {"contact_id": contact.pk if contact else None}
    row = TierTreatment.objects.filter(tier=tier).first()
    if row is None:
        row = TierTreatment.objects.create(tier=tier, changed_at=now, changed_by=by[:200], **values)
        record_creation(row, actor=by, verb="set_treatment", fields=tuple(values), now=now)
    elif audited_save(row, values, actor=by, verb="set_treatment", now=now):
        TierTreatment.objects.filter(pk=row.pk).update(changed_at=now, changed_by=by[:200])
    return row


def promise(tier: Tier, kind: str, number: int, *, words: str = "", now: datetime, by: str) -> TierPromise:
    """Promise everybody in a tier an answer within hours, a call every so many days, a briefing so many days ahead, or
    something of our own (in words) every so many days. Another number for what is promised already ends the old one.

    Raises Invalid. What is promised about answers is what conversations count with, too.
    """
    checks = Checks()
    kind = checks.one_of("kind", kind, tuple(BOUNDS))
    if kind in BOUNDS:
        checks.whole_number("number", number, *BOUNDS[kind])
    words = checks.text("words", words, 200, required=kind == "own")
    checks.done()
    if kind != "own":
        for old in TierPromise.objects.filter(tier=tier, kind=kind, ended_at=None):
            if old.number == number and old.words == words:
                return old
            end_promise(old, now=now, by=by)
    row = TierPromise(
        id=new_id(now), tier=tier, kind=kind, number=number, words=words, created_at=now, created_by=by[:200]
    )
    row.save(force_insert=True)
    record_creation(row, actor=by, verb="promise_tier", fields=("tier_id", "kind", "number", "words"), now=now)
    return row


def end_promise(row: TierPromise, *, now: datetime, by: str) -> TierPromise:
    """Promise this no more: what is open of it is dropped, what was kept or broken stays on the record."""
    values = {"ended_at": now, "ended_by": by[:200]}
    if row.ended_at is None:
        audited_save(row, values, actor=by, verb="end_tier_promise", now=now)
        PromiseDue.objects.filter(promise=row, kept_at=None, dropped_at=None, due_at__gt=now).update(dropped_at=now)
    return row


def add_day(program: Program, *, name: str, on: date, now: datetime, by: str) -> UpcomingDay:
    """Put a day on the list of what upper tiers hear of early. Raises Invalid for one that is over."""
    checks = Checks()
    name = checks.text("name", name, 120, required=True)
    if on < local_day(now, program.time_zone):
        checks.refuse("on", _("This day is over."), "in_the_past")
    checks.done()
    row = UpcomingDay(id=new_id(now), program=program, name=name, on=on, created_at=now, created_by=by[:200])
    row.save(force_insert=True)
    record_creation(row, actor=by, verb="add_upcoming_day", fields=("name", "on"), now=now)
    return row


def keep_promise(due: PromiseDue, *, note: str = "", evidence: str = "", now: datetime, by: str) -> PromiseDue:
    """Say that a promise was kept, now. Refuses what was kept or dropped already."""
    checks = Checks()
    note = checks.text("note", note, 500)
    checks.done()
    row = PromiseDue.objects.select_for_update().get(pk=due.pk)
    if row.kept_at is not None or row.dropped_at is not None:
        raise Refused("kept_already", _("This is done already."))
    values = {"kept_at": now, "kept_by": by[:200], "note": note, "evidence": evidence[:80]}
    audited_save(row, values, actor=by, verb="keep_tier_promise", reason=note, now=now)
    return row


def keep_briefing(program: Program, key: str, *, note: str = "", now: datetime, by: str) -> int:
    """Say that everybody who was to hear of a day has heard; return how many that are."""
    rows = PromiseDue.objects.filter(
        promise__tier__program=program, key=key, promise__kind=TierPromise.Kind.BRIEFING, kept_at=None, dropped_at=None
    )
    count = rows.update(kept_at=now, kept_by=by[:200], note=note[:500])
    if count:
        record_change(
            actor=by, verb="keep_tier_promise", subject_kind="promisedue", subject_id=key, before={},
            after={"kept": count}, reason=note, now=now,
        )  # fmt: skip
    return count
