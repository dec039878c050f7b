"""The form of a program: which version is shown, and publishing another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.recruiting.models import ApplicationForm
from hanse.growth.recruiting.questions import questions_of, read_questions
from hanse.growth.recruiting.types import HOWS, STANDARD, FormContent
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import record_creation
from hanse.spine.checks import Checks


def form_of(program_id: UUID, number: int | None = None) -> FormContent:
    """Return the form that a program shows now, or an earlier version that somebody filled in; one query."""
    rows = ApplicationForm.objects.filter(program_id=program_id).order_by("-number")
    row = (rows.filter(number=number).first() if number else None) or rows.first()
    return content_of(row) if row else FormContent()


def question_keys(program_id: UUID) -> dict[str, str]:
    """Return the key of each own question by the names that a list may use: the key, and the text in small letters."""
    asked = form_of(program_id).questions
    return {name: one.key for one in asked for name in (one.label.strip().lower(), one.key)}


def content_of(row: ApplicationForm) -> FormContent:
    """Return a stored form as a value."""
    return FormContent(
        row.number, row.headline, row.lead, {**STANDARD, **row.standard}, questions_of(row.questions), row.pk
    )


def publish_form(
    program: Program, *, headline: str = "", lead: str = "", standard: Mapping[str, str] | None = None,
    questions: Sequence[object] = (), note: str = "", now: datetime, by: str,
) -> ApplicationForm:  # fmt: skip
    """Publish the next version of a program's form; one that asks the same publishes nothing. Raises Invalid.

    `standard` says of our own fields how they are asked; name, address and places are asked always. Applications keep
    the version that they were sent with.
    """
    checks = Checks()
    headline = checks.text("headline", headline, 160)
    lead = checks.text("lead", lead, 1000, lines=True)
    note = checks.text("note", note, 300)
    for field, how in (standard or {}).items():
        if field not in STANDARD:
            checks.refuse(f"standard/{field}", _("The form has no such field."), "unknown_field")
        else:
            checks.one_of(f"standard/{field}", how, HOWS)
    read = read_questions(checks, questions)
    checks.done()
    Program.objects.select_for_update().get(pk=program.pk)  # two people never publish the same number
    latest = ApplicationForm.objects.filter(program=program).order_by("-number").first()
    values = {
        "headline": headline, "lead": lead, "standard": {**STANDARD, **(standard or {})},
        "questions": [question.as_json() for question in read],
    }  # fmt: skip
    if latest is not None and all(getattr(latest, name) == value for name, value in values.items()):
        return latest
    row = ApplicationForm.objects.create(
        id=new_id(now), program=program, number=latest.number + 1 if latest else 1, note=note, published_at=now,
        published_by=by[:200], **values,
    )  # fmt: skip
    record_creation(row, actor=by, verb="publish_form", fields=("program_id", "number", "questions"), now=now)
    return row
