"""Which step comes next. Pure: the page collects where the partner stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What a partner can do next."""

    ACCEPT_TERMS = "accept_terms"
    MAKE_LINK = "make_link"
    COPY_LINK = "copy_link"
    FIRST_CLICK = "first_click"
    FIRST_SALE = "first_sale"
    PAYOUT_DETAILS = "payout_details"
    SHARE_AGAIN = "share_again"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a partner stands in a program."""

    has_new_terms: bool
    links: int
    has_copied: bool
    clicks: int
    sales: int
    has_payout_details: bool


def next_step(at: Standing) -> Step:
    """Return the step that comes next: terms first, then the way to a first sale, then the way to the money."""
    if at.has_new_terms:
        return Step.ACCEPT_TERMS
    if not at.links:
        return Step.MAKE_LINK
    if at.sales and not at.has_payout_details:
        return Step.PAYOUT_DETAILS
    if at.sales:
        return Step.SHARE_AGAIN
    if at.clicks:
        return Step.FIRST_SALE
    return Step.FIRST_CLICK if at.has_copied else Step.COPY_LINK
