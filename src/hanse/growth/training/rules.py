"""Rules of training: reading questions, marking answers, and the landmark comparison. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from hanse.growth.training.types import Effect, Joined, Month, Question
from hanse.insight.survival.comparing import Times, gap_between, pace_over, share_by
from hanse.insight.survival.rules import curve
from hanse.spine.checks import Checks

MOST_QUESTIONS, MOST_OPTIONS = 5, 5
LANDMARK_DAYS, HORIZON_DAYS = 14, 60


def read_questions(value: object, checks: Checks) -> list[dict[str, Any]]:
    """Read one to five questions, each with two to five options of which one is right. Problems go to `checks`."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_QUESTIONS:
        checks.refuse("questions", _("Ask one question at least, and at most %(n)d.") % {"n": MOST_QUESTIONS}, "length")
        return []
    read = []
    for place, one in enumerate(value):
        inner = Checks(f"{checks.prefix}/questions/{place}")
        read.append(_read_question(one, inner))
        checks.problems += inner.problems
    return read


def _read_question(value: object, checks: Checks) -> dict[str, Any]:
    row: Mapping[str, Any] = value if isinstance(value, dict) else {}
    if not isinstance(value, dict):
        checks.refuse("", _("An object is expected here."), "bad_type")
    for name in row.keys() - {"text", "options", "right", "why"}:
        checks.refuse(str(name), _("This is not known here."), "unknown_field")
    options = row.get("options")
    if not isinstance(options, list) or not 2 <= len(options) <= MOST_OPTIONS:
        checks.refuse("options", _("Give two options at least, and at most %(n)d.") % {"n": MOST_OPTIONS}, "length")
        options = []
    texts = [checks.text("options", _text(one), 200, required=True) for one in options]
    if len(set(texts)) < len(texts):
        checks.refuse("options", _("Two options are the same."), "not_unique")
    right = checks.whole_number("right", row.get("right"), 0, max(len(texts) - 1, 0))
    return {
        "text": checks.text("text", _text(row.get("text")), 300, required=True), "options": texts, "right": right,
        "why": checks.text("why", _text(row.get("why")), 500),
    }  # fmt: skip


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def questions_in(rows: Iterable[Mapping[str, Any]]) -> list[Question]:
    """Return stored questions as values."""
    return [Question(row["text"], row["options"], row["right"], row.get("why", "")) for row in rows]


def mark(questions: Sequence[Question], answers: Sequence[int]) -> list[bool]:
    """Say of each answer whether it is right."""
    return [question.right == answer for question, answer in zip(questions, answers, strict=True)]


def landmark_effect(
    people: Iterable[Joined], today: date, offered_on: date | None, *, landmark_days: int = LANDMARK_DAYS,
    horizon_days: int = HORIZON_DAYS,
) -> Effect:  # fmt: skip
    """Compare first sales of those who had done the training by the landmark with those who had not.

    Both are watched from the same clock: the landmark, so many days after they joined, for those who had not sold by
    then. What is done later changes nobody's group: else the time that somebody lived through without a sale in order
    to finish would count for the training (immortal-time bias). Days after `today` have not happened yet.
    """
    left_out = Counter[str]()
    months: defaultdict[date, tuple[_Arm, _Arm]] = defaultdict(lambda: (_Arm(), _Arm()))
    for one in people:
        landmark = one.joined_on + timedelta(days=landmark_days)
        sold = one.sale_on if one.sale_on and one.sale_on <= today else None
        left = one.left_on if one.left_on and one.left_on <= today else None
        why = _left_out(one, landmark, sold, left, today, offered_on)
        if why:
            left_out[why] += 1
            continue
        is_done = one.done_on is not None and one.done_on <= landmark
        arm = months[one.joined_on.replace(day=1)][0 if is_done else 1]
        if sold is not None:
            arm.events[(sold - landmark).days] += 1
        else:
            arm.censored[((left or today) - landmark).days] += 1
    return _effect(months, left_out, landmark_days, horizon_days)


class _Arm:
    """One group of one month while it is counted."""

    __slots__ = ("censored", "events")

    def __init__(self) -> None:
        self.events, self.censored = Counter[int](), Counter[int]()

    def times(self) -> Times:
        """Return it as values."""
        return Times(dict(self.events), dict(self.censored))


def _left_out(
    one: Joined, landmark: date, sold: date | None, left: date | None, today: date, offered_on: date | None
) -> str:
    """Say why somebody is not compared; "" for those who are."""
    if offered_on is None or one.joined_on < offered_on:
        return "not_offered"
    if sold is not None and sold <= landmark:
        return "sold_before"
    if left is not None and left <= landmark:
        return "left_before"
    return "too_new" if landmark >= today else ""


def _effect(
    months: Mapping[date, tuple[_Arm, _Arm]], left_out: Mapping[str, int], landmark_days: int, horizon_days: int
) -> Effect:
    done, others = (
        curve(
            sum((arms[place].events for arms in months.values()), Counter()),
            sum((arms[place].censored for arms in months.values()), Counter()),
        )
        for place in (0, 1)
    )
    done_share, others_share = share_by(done, horizon_days), share_by(others, horizon_days)
    return Effect(
        landmark_days=landmark_days, horizon_days=horizon_days, done=done, others=others, done_share=done_share,
        others_share=others_share, gap=gap_between(done_share, others_share),
        pace=pace_over((arms[0].times(), arms[1].times()) for _month, arms in sorted(months.items())),
        months=[
            Month(month, one.times().n, one.events.total(), other.times().n, other.events.total())
            for month, (one, other) in sorted(months.items())
        ],
        **{name: left_out.get(name, 0) for name in ("sold_before", "left_before", "too_new", "not_offered")},
    )  # fmt: skip
