"""Onboarding on the partner's page: the way so far, what comes next, and steps that we mark by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from hanse.growth.onboarding.models import HandStep, Onboarding
from hanse.growth.onboarding.queries import paths_in, progress_of, version_in_force
from hanse.growth.onboarding.rules import is_by_hand
from hanse.growth.onboarding.words import step_title
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment


@dataclass(frozen=True, slots=True)
class PanelStep:
    """One step as the panel shows it."""

    key: str
    title: str
    done_on: date | None
    is_implied: bool
    is_next: bool
    is_ours: bool
    by_hand: bool
    note: str = ""
    address: str = ""


def onboarding_panel(enrolment: Enrolment) -> dict[str, Any] | None:
    """Return what the panel shows; None for tests and applicants. A fixed number of queries."""
    if enrolment.is_test or enrolment.status == Enrolment.Status.PENDING:
        return None
    progress = progress_of(enrolment)
    notes = {one.key: one for one in HandStep.objects.filter(onboarding_id=enrolment.pk)}
    known = Onboarding.objects.filter(pk=enrolment.pk).values_list("joined_on", flat=True).first()
    steps = [
        PanelStep(
            placed.step.key, step_title(placed.step), placed.done_on, placed.is_implied,
            progress.next is not None and placed.step.key == progress.next.key, placed.step.who == "owner",
            is_by_hand(placed.step), notes[placed.step.key].note if placed.step.key in notes else "",
            notes[placed.step.key].address if placed.step.key in notes else "",
        )
        for placed in progress.steps
    ]  # fmt: skip
    return {
        "path": progress.path, "steps": steps, "done": progress.done, "whole": len(steps),
        "is_complete": progress.completed_on is not None, "joined_on": known, "id": text_id("enr", enrolment.pk),
        "paths": [(path.key, path.name) for path in paths_in(version_in_force(enrolment.program_id))],
    }  # fmt: skip
