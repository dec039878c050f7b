"""Verbs of questions and answers: keep, put away, bring back, and hear whether one helped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from hanse.growth.audiences.meant import checked_tiers, checked_types
from hanse.growth.faq.models import FaqEntry, FaqVote
from hanse.growth.resources.types import CHANNELS, EVERYBODY, Target
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks

MOST_ANSWER = 20_000


@dataclass(frozen=True, slots=True)
class Said:
    """A question and its answer, as somebody typed them."""

    question: str
    answer: str
    topic: str
    is_pinned: bool = False


def keep_entry(
    program: Program, place: str, said: Said, target: Target = EVERYBODY, *, instead_of: FaqEntry | None = None,
    original: FaqEntry | None = None, now: datetime, by: str,
) -> FaqEntry:  # fmt: skip
    """Keep a question with its answer, or change one; what it said before is in the log. Raises Invalid.

    What is for the team has a language, but no readers to choose. `original`: it says the same in another language.
    """
    checks = Checks()
    checks.one_of("place", place, [str(one) for one in FaqEntry.Place.values])
    is_ours = place == FaqEntry.Place.TEAM
    values: dict[str, object] = {
        "place": place,
        "question": checks.text("question", said.question, 200, required=True),
        "answer": checks.text("answer", said.answer, MOST_ANSWER, required=True, lines=True),
        "topic": checks.text("topic", said.topic, 60, required=True), "is_pinned": said.is_pinned,
        "language": checks.language("language", target.language) if target.language else "",
        "tiers": [] if is_ours else checked_tiers(checks, program, list(target.tiers)),
        "types": [] if is_ours else checked_types(checks, list(target.types)),
        "channels": [] if is_ours else list(dict.fromkeys(target.channels)),
    }  # fmt: skip
    for one in target.channels:
        checks.one_of("channels", one, CHANNELS)
    mother = original or (instead_of.original if instead_of else None)
    _check_original(checks, program, mother, str(values["language"]), instead_of)
    checks.done()
    stamps = {"changed_at": now, "changed_by": by[:200]}
    if instead_of is not None:
        if audited_save(instead_of, values, actor=by, verb="change_answer", now=now):
            FaqEntry.objects.filter(pk=instead_of.pk).update(**stamps)
        return instead_of
    row = FaqEntry.objects.create(
        id=new_id(now), program=program, original=original, created_at=now, created_by=by[:200], **stamps, **values
    )
    record_creation(row, actor=by, verb="add_answer", fields=("place", "topic", "question"), now=now)
    return row


def archive_entry(entry: FaqEntry, *, now: datetime, by: str) -> None:
    """Put a question away."""
    if entry.archived_at is None:
        audited_save(entry, {"archived_at": now}, actor=by, verb="archive_answer", now=now)


def restore_entry(entry: FaqEntry, *, now: datetime, by: str) -> None:
    """Bring a question back. Refuses while another says the same in its language."""
    if entry.archived_at is None:
        return
    same = FaqEntry.objects.filter(original=entry.original_id, language=entry.language, archived_at=None)
    if entry.original_id and same.exists():
        raise Refused("not_unique", _("There is one in this language already."))
    audited_save(entry, {"archived_at": None}, actor=by, verb="restore_answer", now=now)


def vote(entry: FaqEntry, enrolment: Enrolment, has_helped: bool, *, now: datetime) -> None:
    """Hear from a partner whether an answer helped; their last word counts."""
    FaqVote.objects.update_or_create(
        entry=entry, enrolment=enrolment, defaults={"has_helped": has_helped, "at": now}, create_defaults={
            "id": new_id(now), "has_helped": has_helped, "at": now
        },
    )  # fmt: skip


def _check_original(
    checks: Checks, program: Program, original: FaqEntry | None, language: str, own: FaqEntry | None
) -> None:
    if original is None:
        return
    if original.program_id != program.pk or original.original_id is not None or original == own:
        checks.refuse("original", _("Choose the one that the others were translated from."), "not_an_option")
        return
    others = FaqEntry.objects.filter(original=original, language=language, archived_at=None)
    if not language:
        checks.refuse("language", _("Say in which language it is."), "required")
    elif original.language == language or (others.exclude(pk=own.pk) if own else others).exists():
        checks.refuse("language", _("There is one in this language already."), "not_unique")
