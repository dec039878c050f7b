"""The page of types before anybody has written one: the six usual types, in plain words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from hanse.growth.demarcation.types import PageText, TypeText
from hanse.people.partners.models import PartnerType


def default_page(kinds: Iterable[PartnerType]) -> PageText:
    """Return what is said of the types that an installation has, where no version was published yet."""
    return PageText(_intro(), [_text_of(kind) for kind in kinds])


def _intro() -> str:
    return _(
        "Who is what here, what each owes and what each gets. One partner can be several of these; where that cannot "
        "be, it says so."
    )


def _text_of(kind: PartnerType) -> TypeText:
    owes, gets = _usual().get(kind.slug, ("", ""))
    return TypeText(kind.slug, kind.name, kind.description or kind.name, owes, gets, tuple(kind.excludes))


def _usual() -> dict[str, tuple[str, str]]:
    return {
        "affiliate": (
            _("Names us truly, marks paid links as such, and bids on no brand words."),
            _("Links and codes, a commission on each sale, and every cent explained."),
        ),
        "creator": (
            _("Tries what they show, says that they are paid, and agrees dates before big pieces."),
            _("A commission, samples to try, and briefs three weeks ahead."),
        ),
        "ambassador": (
            _("Uses the product, speaks for it all year, and tells us what people say."),
            _("Better terms, a person to call, and a word in what we build."),
        ),
        "strategic": (
            _("Plans the year with us: goals, dates, and numbers shared both ways."),
            _("Negotiated terms, floors where the risk is shared, and a joint plan."),
        ),
        "channel": (
            _("Sells to its own customers, registers deals early, and looks after those it won."),
            _("A price list, the margin on each order, and protection of registered deals."),
        ),
        "agency": (
            _("Speaks for its client to us, and says whose interest it acts in."),
            _("One contact, answers for its clients first, and a price list where it resells."),
        ),
    }
