"""A breakdown as values. Amounts are minor units of the program's currency, value less refunds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

from hanse.insight.overview.types import Span

Sums = Sequence[int]  # as Numbers, in plain lists: of links and partners there may be very many
Found = Mapping[str, Sums]
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
    """The groups of a breakdown in no order, with the whole they add up to (a partner with two types is in both).

    Where only the first were asked for, `left_out` more have values of their own.
    """

    by: str
    span: Span
    groups: Sequence[Group]
    now: Numbers
    before: Numbers
    left_out: int = 0


class First(NamedTuple):
    """Which values to name: so many, those with most of one of the numbers, by its place in Numbers."""

    limit: int
    place: int


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
