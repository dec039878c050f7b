"""Reading the questions of a form, and the answers to them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from hanse.growth.recruiting.types import MOST_OPTIONS, MOST_QUESTIONS, QUESTION_KINDS, FormContent, Question
from hanse.spine.checks import Checks

_LONGEST = {"text": 300, "long": 5000, "link": 500}
_KEY = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
_KNOWN = frozenset({"key", "kind", "label", "hint", "options", "is_required"})


def read_questions(checks: Checks, given: Sequence[object]) -> tuple[Question, ...]:
    """Return questions as they may be stored; what is wrong goes to `checks` at `/questions/<place>/<field>`."""
    if len(given) > MOST_QUESTIONS:
        message = _("At most %(limit)d questions: a long form keeps good people away.") % {"limit": MOST_QUESTIONS}
        checks.refuse("questions", message, "too_long")
    read: list[Question] = []
    keys: set[str] = set()
    for place, one in enumerate(given[:MOST_QUESTIONS]):
        inner = Checks(f"{checks.prefix}/questions/{place}")
        question = _read(inner, one if isinstance(one, Mapping) else {}, keys)
        checks.problems += inner.problems
        keys.add(question.key)
        read.append(question)
    return tuple(read)


def _read(inner: Checks, one: Mapping[str, object], keys: set[str]) -> Question:
    for name in one.keys() - _KNOWN:
        inner.refuse(str(name)[:40], _("This is no part of a question."), "unknown_field")
    kind = inner.one_of("kind", _text(one, "kind") or "text", QUESTION_KINDS)
    label = inner.text("label", _text(one, "label"), 200, required=True)
    hint = inner.text("hint", _text(one, "hint"), 300)
    key = _text(one, "key") or _free_key(label, keys)
    if not _KEY.fullmatch(key) or len(key) > 40:
        inner.refuse("key", _("Use small letters, digits and underscores, at most 40 characters."), "bad_key")
    elif key in keys:
        inner.refuse("key", _("Two questions have this key."), "not_unique")
    options = _options(inner, one.get("options"), kind)
    is_required = one.get("is_required", False)
    if not isinstance(is_required, bool):
        inner.refuse("is_required", _("This is true or false."), "wrong_type")
    return Question(key, kind, label, hint, options, is_required is True)  # type: ignore[arg-type]  # one_of says so


def _options(inner: Checks, given: object, kind: str) -> tuple[str, ...]:
    texts = [str(one) for one in given if str(one).strip()] if isinstance(given, list | tuple) else []
    if kind != "choice":
        if texts:
            inner.refuse("options", _("Only a choice has options."), "not_an_option")
        return ()
    found = inner.words("options", texts, 120, at_most=MOST_OPTIONS)
    if len(found) < 2:
        inner.refuse("options", _("A choice needs two options at least."), "required")
    return tuple(found)


def _text(one: Mapping[str, object], name: str) -> str:
    value = one.get(name, "")
    return value if isinstance(value, str) else ""


def _free_key(label: str, keys: set[str]) -> str:
    """Return a key made of a question's first words, or of its place."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = "_".join(re.findall(r"[a-z0-9]+", plain)[:4])[:36].strip("_") or "question"
    return next(key for number in range(1, 100) if (key := stem if number == 1 else f"{stem}_{number}") not in keys)


def questions_of(stored: Sequence[Mapping[str, object]]) -> tuple[Question, ...]:
    """Return stored questions."""
    return tuple(
        Question(
            str(one["key"]), one["kind"], str(one["label"]), str(one.get("hint", "")),  # type: ignore[arg-type]
            tuple(one.get("options") or ()), bool(one.get("is_required")),  # type: ignore[arg-type]  # as it was stored
        )
        for one in stored
    )  # fmt: skip


def read_answers(checks: Checks, content: FormContent, given: Mapping[str, object]) -> list[dict[str, object]]:
    """Return answers with their questions' own texts, as they are stored; an empty answer that may be is left out.

    Problems stand at `/answers/<key>`.
    """
    inner = Checks(f"{checks.prefix}/answers")
    known = {question.key for question in content.questions}
    for key in given.keys() - known:
        inner.refuse(str(key)[:40], _("The form has no such question."), "unknown_field")
    found: list[dict[str, object]] = []
    for question in content.questions:
        answer = _answer(inner, question, given.get(question.key))
        if answer not in ("", None):
            label = question.label
            found.append({"key": question.key, "kind": question.kind, "question": label, "answer": answer})
    checks.problems += inner.problems
    return found


def _answer(inner: Checks, question: Question, value: object) -> str | bool | None:
    if question.kind == "yes_no":
        read = {"yes": True, "no": False}.get(value) if isinstance(value, str) else value
        if isinstance(read, bool):
            return read
        if value not in (None, ""):
            inner.refuse(question.key, _("Answer with yes or no."), "wrong_type")
        elif question.is_required:
            inner.refuse(question.key, _("Please fill this in."), "required")
        return None
    text = value if isinstance(value, str) else ""
    if value is not None and not isinstance(value, str):
        inner.refuse(question.key, _("This is a text."), "wrong_type")
    elif question.kind == "link":
        typed = text.strip()
        address = typed if "://" in typed or not typed else f"https://{typed}"
        return inner.web_address(question.key, address, _LONGEST["link"], required=question.is_required)
    elif question.kind == "choice":
        if text or question.is_required:
            return inner.one_of(question.key, text, question.options)
    else:
        is_long = question.kind == "long"
        return inner.text(
            question.key, text, _LONGEST[question.kind], required=question.is_required, lines=is_long
        )  # fmt: skip
    return ""
