"""Applications as values: what a form asks, what is noticed about an applicant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

How = Literal["required", "asked", "left_out"]
QuestionKind = Literal["text", "long", "choice", "link", "yes_no"]
HOWS: tuple[How, ...] = ("required", "asked", "left_out")
QUESTION_KINDS: tuple[QuestionKind, ...] = ("text", "long", "choice", "link", "yes_no")
STANDARD: Mapping[str, How] = {
    "message": "required", "company": "asked", "phone": "asked", "website": "left_out", "references": "asked",
    "country": "left_out",
}  # fmt: skip
MOST_QUESTIONS = 12
MOST_OPTIONS = 12


@dataclass(frozen=True, slots=True)
class Question:
    """One own question of a form. `key` stays the same over versions, so that rules can ask for the answer."""

    key: str
    kind: QuestionKind
    label: str
    hint: str = ""
    options: tuple[str, ...] = ()
    is_required: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the question as it is stored."""
        return {
            "key": self.key, "kind": self.kind, "label": self.label, "hint": self.hint, "options": list(self.options),
            "is_required": self.is_required,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class FormContent:
    """What a form shows and asks. `number` 0 is the short form that a program has before it publishes its own."""

    number: int = 0
    headline: str = ""
    lead: str = ""
    standard: Mapping[str, How] = field(default_factory=lambda: STANDARD)
    questions: tuple[Question, ...] = ()
    form_id: UUID | None = None

    def asks(self, field: str) -> bool:
        """Say whether one of our own fields is shown."""
        return self.standard.get(field, "left_out") != "left_out"

    def requires(self, field: str) -> bool:
        """Say whether one of our own fields must be filled in."""
        return self.standard.get(field) == "required"


@dataclass(frozen=True, slots=True)
class Risk:
    """Something about an applicant that a person should look at. `key` is the same for the same evidence.

    `about` names who or what it was found in, `partner_id` or `application_id` where they can be opened.
    """

    kind: str
    about: str
    key: str
    partner_id: UUID | None = None
    application_id: UUID | None = None
    cleared_by: str = ""
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nobody has looked at it yet."""
        return not self.cleared_by
