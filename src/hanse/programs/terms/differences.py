"""What changes from one version to the next, in words: "percent of each sale: 10% → 12%"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from hanse.programs.terms.sentences import Names, Words, span_words
from hanse.programs.terms.types import (
    Benefit,
    Cap,
    Clause,
    Fixed,
    Floor,
    Ladder,
    Milestone,
    Percent,
    Referral,
    TermsBody,
)

Kind = Literal["changed", "came", "gone", "order"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changes. `before` and `after` are values of `subject`, or whole sentences without one."""

    kind: Kind
    subject: str = ""
    before: str = ""
    after: str = ""

    @property
    def text(self) -> str:
        """Say it in one line."""
        if self.kind == "order":
            return _("the order of the clauses: the first that matches a line pays it")
        if self.kind == "changed":
            words = {"before": self.before, "after": self.after}
            return (f"{self.subject}: " if self.subject else "") + _("%(before)s → %(after)s") % words
        if self.kind == "came":
            return _("new: %(sentence)s") % {"sentence": self.after}
        return _("no longer: %(sentence)s") % {"sentence": self.before}


def differences(
    before: TermsBody | None, after: TermsBody, currency: str, goal_names: Names | None = None
) -> list[Difference]:
    """Return what the later version changes, in its order; nothing where both say the same."""
    words = Words(currency, goal_names or {})
    old = list(before.clauses) if before is not None else []
    pairs = _pairs(old, list(after.clauses), words)
    found: list[Difference] = []
    for was, now in pairs:
        if was is None and now is not None:
            found.append(Difference("came", after=words.clause(now)))
        elif now is None and was is not None:
            found.append(Difference("gone", before=words.clause(was)))
        elif was is not None and now is not None and words.clause(was) != words.clause(now):
            found.append(_changed(was, now, words))
    if not found and [words.clause(one) for one in old] != [words.clause(one) for one in after.clauses]:
        found.append(Difference("order"))
    return found


def _changed(was: Clause, now: Clause, words: Words) -> Difference:
    subject = subject_of(now, words)
    if subject_of(was, words) == subject:
        return Difference("changed", subject, value_of(was, words), value_of(now, words))
    return Difference("changed", "", words.clause(was), words.clause(now))


def _pairs(old: list[Clause], new: list[Clause], words: Words) -> Iterable[tuple[Clause | None, Clause | None]]:
    """Match clauses that say the same, then those about the same thing, then those of one kind and goal."""
    matched: dict[int, Clause] = {}
    left = list(old)
    for likeness in (words.clause, lambda one: subject_of(one, words), _sort_of):
        for place, clause in enumerate(new):
            twin = next((one for one in left if place not in matched and likeness(one) == likeness(clause)), None)
            if twin is not None:
                matched[place] = twin
                left.remove(twin)
    yield from ((matched.get(place), clause) for place, clause in enumerate(new))
    yield from ((clause, None) for clause in left)


def _sort_of(clause: Clause) -> str:
    mode = clause.mode if isinstance(clause, Ladder) else ""
    return f"{type(clause).__name__} {clause.scope.goal} {mode}"


def subject_of(clause: Clause, words: Words) -> str:
    """Name what a clause is about, without its amounts."""
    goal = words.goal(clause.scope)
    match clause:
        case Percent():
            subject = _("percent on %(goal)s") % {"goal": goal}
        case Fixed(per="unit"):
            subject = _("sum for each unit of a %(goal)s") % {"goal": goal}
        case Fixed():
            subject = _("sum for each %(goal)s") % {"goal": goal}
        case Ladder():
            subject = {
                "marginal": _("steps %(period)s, each slice at its own rate"),
                "retroactive": _("steps %(period)s, all at the rate that is reached"),
                "bonus": _("bonus steps %(period)s"),
            }[clause.mode] % {"period": span_words(clause.period)}
        case Milestone():
            at = words.money(clause.at) if clause.metric == "value" else str(clause.at)
            subject = _("milestone at %(at)s") % {"at": at}
        case Cap():
            subject = _("cap %(each)s") % {"each": words.cap_each(clause)}
        case Floor():
            subject = _("floor %(each)s") % {"each": span_words(clause.period)}
        case Benefit():
            subject = clause.name
        case Referral():
            subject = _("share of what recruits earn")
        case _:
            subject = _("fee") if type(clause).__name__ == "Fee" else _("multiplier")
    return ", ".join([subject, *words.only_goal(clause), *words.condition(clause)])


def value_of(clause: Clause, words: Words) -> str:
    """Say what a clause pays about its subject."""
    return words.value(clause)
