"""A breakdown as values. Amounts are minor units of the program's currency, value less refunds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

from hanse.insight.overview.types import Span

Kind = Literal["value", "other", "rest", "small"]
STORED = ("country", "device", "referrer", "coupon", "variant")  # each has rows of its own, as has every sub-parameter
GROUPED = ("initiative", "link", "tier", "type", "partner")  # found by whose the rows are
OF_ONE = (*STORED, "initiative", "link")  # what one partner's numbers can be broken down by


class Numbers(NamedTuple):
    """Added-up numbers of one group."""

    clicks: int = 0
    conversions: int = 0
    value_minor: int = 0
    commission_minor: int = 0

    def plus(self, other: Numbers) -> Numbers:
        """Return the sum of both."""
        return Numbers(*(one + two for one, two in zip(self, other, strict=True)))

    def less(self, other: Numbers) -> Numbers:
        """Return the difference."""
        return Numbers(*(one - two for one, two in zip(self, other, strict=True)))


@dataclass(frozen=True, slots=True)
class Group:
    """One group. `other` gathers values that keep no name, `rest` what has no value, `small` what is too few to show.

    With `is_hidden` its sales are of too few people to be shown.
    """

    key: str
    kind: Kind
    now: Numbers
    before: Numbers
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Breakdown:
    """All groups of a breakdown in no order, with the whole they add up to (a partner with two types is in both)."""

    by: str
    span: Span
    groups: Sequence[Group]
    now: Numbers
    before: Numbers


@dataclass(frozen=True, slots=True)
class Scope:
    """What is broken down: a program, one enrolment of it, or one link of that."""

    program_id: UUID
    enrolment_id: UUID | None = None
    link_number: int | None = None

    @property
    def own_id(self) -> UUID:
        """The enrolment's id, for what is asked about one enrolment alone."""
        assert self.enrolment_id is not None
        return self.enrolment_id
