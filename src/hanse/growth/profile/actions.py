"""Verbs of the ideal partner: setting what counts, and saying what a person knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hanse.growth.mentions.models import Candidate
from hanse.growth.profile.models import Judgement, Profile
from hanse.growth.profile.types import CRITERIA, DEFAULT_WEIGHTS, HIGHEST
from hanse.growth.prospects.models import Prospect
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_change
from hanse.spine.checks import Checks


def set_profile(
    program: Program, *, weights: Mapping[str, int], reach_cap: int, qualify_at: int, now: datetime, by: str
) -> Profile:
    """Say what counts how much; criteria left out count nothing. Raises Invalid."""
    checks = Checks()
    for name in weights:
        checks.one_of(f"weights/{name}", name, CRITERIA)
    kept = {name: checks.whole_number(name, weights.get(name, 0), 0, 100) for name in CRITERIA}
    reach_cap = checks.whole_number("reach_cap", reach_cap, 0, 100)
    qualify_at = checks.whole_number("qualify_at", qualify_at, 1, 100)
    if not sum(kept.values()):
        checks.refuse("weights", _("At least one criterion must count."), "required")
    checks.done()
    row, _made = Profile.objects.select_for_update().get_or_create(
        program=program, defaults={"weights": dict(DEFAULT_WEIGHTS), "changed_at": now}
    )
    values = {"weights": kept, "reach_cap": reach_cap, "qualify_at": qualify_at}
    if audited_save(row, values, actor=by, verb="set_profile", now=now):
        Profile.objects.filter(pk=row.pk).update(changed_at=now)
    return row


def judge(subject: Prospect | Candidate, criterion: str, *, value: int, note: str, now: datetime, by: str) -> Judgement:
    """Say what a person knows of a prospect or candidate on one criterion, 0 to 10, and why. Raises Invalid.

    What is said of a candidate holds for the prospect made of it, until somebody says otherwise there.
    """
    checks = Checks()
    criterion = checks.one_of("criterion", criterion, CRITERIA)
    value = checks.whole_number("value", value, 0, HIGHEST)
    note = checks.text("note", note, 500, required=True)
    checks.done()
    before = Judgement.objects.filter(criterion=criterion, **_of(subject)).first()
    row, _made = Judgement.objects.update_or_create(
        criterion=criterion, **_of(subject), defaults={"value": value, "note": note, "at": now, "by": by[:200]},
        create_defaults={"id": new_id(now), "value": value, "note": note, "at": now, "by": by[:200]},
    )  # fmt: skip
    _record(subject, criterion, before.value if before else None, value, note, now, by)
    return row


def forget_judgement(subject: Prospect | Candidate, criterion: str, *, now: datetime, by: str) -> bool:
    """Take back what a person said; what data says counts again. Returns whether there was anything."""
    row = Judgement.objects.filter(criterion=criterion, **_of(subject)).first()
    if row is None:
        return False
    row.delete()
    _record(subject, criterion, row.value, None, "", now, by)
    return True


def _of(subject: Prospect | Candidate) -> dict[str, Any]:
    return {"prospect": subject} if isinstance(subject, Prospect) else {"candidate": subject}


def _record(
    subject: Prospect | Candidate, criterion: str, before: int | None, after: int | None, note: str, now: datetime,
    by: str,
) -> None:  # fmt: skip
    kind = "prospect" if isinstance(subject, Prospect) else "candidate"
    record_change(
        actor=by, verb=f"judge_{kind}", subject_kind=kind, subject_id=subject.pk,
        before={criterion: before}, after={criterion: after}, reason=note, now=now,
    )  # fmt: skip
    if isinstance(subject, Prospect):
        Prospect.objects.filter(pk=subject.pk).update(changed_at=max(now, subject.changed_at))
