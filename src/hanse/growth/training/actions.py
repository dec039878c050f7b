"""Verbs of lessons: write one, show it, put it away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Unpack
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from hanse.growth.audiences.meant import checked_tiers, checked_types
from hanse.growth.onboarding.types import EVENTS as STEPS
from hanse.growth.roadmap.blocking import refuse_mentions
from hanse.growth.training.models import Lesson, LessonVersion
from hanse.growth.training.queries import asked_in
from hanse.growth.training.rules import read_questions
from hanse.growth.training.types import LESSON, RECORDING, TRAINING, LessonFields
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks

_SAID = ("title", "summary", "text", "minutes", "video_address", "questions")
_READ = ("title", "summary", "text")
_KEPT = ("language", "tiers", "types", "is_basic", "position")
_TAKEN = frozenset({*STEPS, LESSON, TRAINING, RECORDING, "call", "own", "product_use", "portal_login"})
MOST_LESSONS = 200


def keep_lesson(
    program: Program, *, key: str = "", now: datetime, by: str, instead_of: Lesson | None = None,
    **fields: Unpack[LessonFields],
) -> Lesson:  # fmt: skip
    """Write a lesson down; `instead_of` gets a new version where its words change. Raises Invalid with every place.

    A new one is a draft until it is published. Its key (made from the title where none is given) stays: steps of
    onboarding name it. Who has done a lesson has done its later versions too.
    """
    values, kept = _checked(program, fields, instead_of)
    if instead_of is not None:
        if instead_of.published_at is not None:
            _refuse_embargoed(program.pk, values, now)
        return _change(instead_of, values, kept, now, by)
    checks = Checks()
    key = checks.key("key", key or _key_of(str(values["title"])), 40)
    if key in _TAKEN:
        checks.refuse("key", _("This key belongs to a step that completes by itself."), "not_unique")
    rows = Lesson.objects.filter(program=program)
    if rows.filter(key=key).exists():
        checks.refuse("key", _("Another lesson has this key."), "not_unique")
    if rows.count() >= MOST_LESSONS:
        checks.refuse("key", _("At most %(limit)d lessons, please.") % {"limit": MOST_LESSONS}, "too_many")
    checks.done()
    if "position" not in fields:
        kept["position"] = 1 + (rows.aggregate(last=Max("position"))["last"] or 0)
    lesson = Lesson.objects.create(
        id=new_id(now), program=program, key=key, created_at=now, created_by=by[:200], **kept
    )  # fmt: skip
    _keep_version(lesson, values, now, by)
    record_creation(lesson, actor=by, verb="keep_lesson", fields=("key", "tiers", "types", "is_basic"), now=now)
    return lesson


def publish_lesson(lesson: Lesson, *, now: datetime, by: str) -> Lesson:
    """Show a lesson to those it is meant for. Refuses one that was put away, and words under an embargo."""
    row = _locked(lesson)
    if row.archived_at is not None:
        raise Refused("archived", _("This was put away. Bring it back first."))
    if row.published_at is None:
        version = LessonVersion.objects.get(lesson=row, number=row.number)
        _refuse_embargoed(row.program_id, {name: getattr(version, name) for name in _SAID}, now)
        audited_save(row, {"published_at": now}, actor=by, verb="publish_lesson", now=now)
    lesson.refresh_from_db()
    return lesson


def archive_lesson(lesson: Lesson, *, now: datetime, by: str) -> Lesson:
    """Put a lesson away: nobody reads it any more, whoever has done it has done it."""
    audited_save(_locked(lesson), {"archived_at": now}, actor=by, verb="archive_lesson", now=now)
    lesson.refresh_from_db()
    return lesson


def restore_lesson(lesson: Lesson, *, now: datetime, by: str) -> Lesson:
    """Bring a lesson back."""
    audited_save(_locked(lesson), {"archived_at": None}, actor=by, verb="restore_lesson", now=now)
    lesson.refresh_from_db()
    return lesson


def _locked(lesson: Lesson) -> Lesson:
    return Lesson.objects.select_for_update(of=("self",)).get(pk=lesson.pk)


def _change(lesson: Lesson, values: dict[str, Any], kept: dict[str, Any], now: datetime, by: str) -> Lesson:
    row = _locked(lesson)
    known = LessonVersion.objects.get(lesson=row, number=row.number)
    if any(getattr(known, name) != value for name, value in values.items()):
        row.number += 1
        _keep_version(row, values, now, by)
        row.save(update_fields=["number"])
        record_change(
            actor=by, verb="change_lesson", subject_kind="lesson", subject_id=row.pk,
            before={"number": row.number - 1, "title": known.title},
            after={"number": row.number, "title": values["title"]}, now=now,
        )  # fmt: skip
    audited_save(row, kept, actor=by, verb="change_lesson", now=now)
    lesson.refresh_from_db()
    return lesson


def _keep_version(lesson: Lesson, values: dict[str, Any], now: datetime, by: str) -> LessonVersion:
    return LessonVersion.objects.create(
        id=new_id(now), lesson=lesson, number=lesson.number, created_at=now, created_by=by[:200], **values
    )


def _checked(program: Program, fields: LessonFields, before: Lesson | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a version says and what the lesson keeps, checked; left out means as before."""
    version = LessonVersion.objects.get(lesson=before, number=before.number) if before else None
    new = {"minutes": 5, "language": "en", "tiers": [], "types": [], "is_basic": False, "position": 0}
    said: dict[str, Any] = {
        **{name: fields.get(name, getattr(version, name) if version else new.get(name, "")) for name in _SAID},
        **{name: fields.get(name, getattr(before, name) if before else new[name]) for name in _KEPT},
    }
    checks = Checks()
    values = {
        "title": checks.text("title", said["title"], 120, required=True),
        "summary": checks.text("summary", said["summary"], 300),
        "text": checks.text("text", said["text"].replace("\r\n", "\n"), 20_000, required=True, lines=True),
        "minutes": checks.whole_number("minutes", said["minutes"], 1, 240),
        "video_address": checks.web_address("video_address", said["video_address"], 500),
        "questions": read_questions(said["questions"], checks),
    }
    kept = {
        "language": checks.language("language", said["language"]), "is_basic": bool(said["is_basic"]),
        "tiers": checked_tiers(checks, program, said["tiers"]), "types": checked_types(checks, said["types"]),
        "position": checks.whole_number("position", said["position"], 0, 10_000),
    }  # fmt: skip
    checks.done()
    return values, kept


def _refuse_embargoed(program_id: UUID, values: Mapping[str, Any], now: datetime) -> None:
    checks = Checks()
    texts = {name: str(values[name]) for name in _READ} | {"questions": asked_in(values["questions"])}
    refuse_mentions(checks, program_id, texts, now)
    checks.done()


def _key_of(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "lesson"
