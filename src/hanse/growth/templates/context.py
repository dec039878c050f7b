"""What letters may speak of: every variable with its kind and its meaning. A variable that is not here is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Kind = Literal["text", "number", "amount", "share", "day", "address", "list"]


@dataclass(frozen=True, slots=True)
class Variable:
    """One name of the context.

    `is_optional`: it may be nothing, so it has to stand inside an `if` that asks for it. `items` are the names inside
    each entry of a list. `sample` is what a check fills in.
    """

    kind: Kind
    meaning: str | Promise
    sample: object
    is_optional: bool = False
    items: Mapping[str, Variable] | None = None


_TEXT = Variable("text", _("Words."), "Words")
_ADDRESS = Variable("address", _("An address."), "https://shop.example/")
VARIABLES: Final[Mapping[str, Variable]] = {
    "partner.name": Variable("text", _("The partner’s name."), "Fern & Fable"),
    "partner.first_name": Variable("text", _("How the partner is greeted."), "Imogen"),
    "partner.company": Variable("text", _("The partner’s company."), "Fern & Fable Ltd", True),
    "partner.country": Variable("text", _("The partner’s country, two letters."), "GB", True),
    "program.name": Variable("text", _("The program’s name."), "Harbour & Pine Gifts"),
    "program.website": Variable("address", _("The program’s website."), "https://shop.example/", True),
    "program.hold_days": Variable("number", _("Days until a commission can be paid."), 30),
    "owner.name": Variable("text", _("Who looks after the partner, else the program."), "Ruth"),
    "owner.email": Variable("text", _("The address of who looks after the partner."), "ruth@shop.example", True),
    "enrolment.since": Variable("day", _("When the partner joined."), "2025-11-17"),
    "enrolment.days": Variable("number", _("Days since the partner joined."), 365),
    "tier.key": Variable("text", _("The tier’s key: power, growth, casual, new …"), "growth", True),
    "tier.name": Variable("text", _("The tier’s name."), "Growth", True),
    "tier.next": Variable("text", _("The tier above."), "Power", True),
    "tier.needed": Variable("text", _("What is needed for the tier above, as a sentence."), "3 more sales", True),
    "link.address": Variable("address", _("The partner’s most used link."), "https://go.example/imogen", True),
    "link.name": Variable("text", _("What that link is called."), "Advent guide", True),
    "links": Variable(
        "list", _("The partner’s working links, at most five."), (), items={"name": _TEXT, "address": _ADDRESS}
    ),
    "coupon.code": Variable("text", _("The partner’s code."), "IMOGEN10", True),
    "offers": Variable(
        "list", _("What the program offers now, at most five."), (), items={"name": _TEXT, "address": _ADDRESS}
    ),
    "terms.lines": Variable("list", _("What the partner earns, a sentence each."), (), items={"text": _TEXT}),
    "facts": Variable(
        "list", _("The best facts about the partner, at most five."), (), items={"sentence": _TEXT, "page": _ADDRESS}
    ),
    "products": Variable(
        "list", _("What sold best through the partner in 90 days, at most three."), (),
        items={"name": _TEXT, "pieces": Variable("number", _("Pieces."), 3)},
    ),
    "step.title": Variable("text", _("The partner’s one next step."), "Put your link where you talk to people"),
    "step.page": Variable("address", _("Where that step is done."), "https://shop.example/p"),
    "figures.clicks_7d": Variable("number", _("Valid clicks in 7 days."), 12),
    "figures.clicks_30d": Variable("number", _("Valid clicks in 30 days."), 88),
    "figures.clicks_90d": Variable("number", _("Valid clicks in 90 days."), 240),
    "figures.sales_30d": Variable("number", _("Sales in 30 days."), 4),
    "figures.sales_90d": Variable("number", _("Sales in 90 days."), 11),
    "figures.sales_total": Variable("number", _("Sales since the partner joined."), 37),
    "figures.value_30d": Variable("amount", _("Value of the sales in 30 days."), 15240),
    "figures.value_90d": Variable("amount", _("Value of the sales in 90 days."), 41235),
    "figures.value_total": Variable("amount", _("Value of all sales."), 173477),
    "figures.new_customers_90d": Variable("number", _("New customers in 90 days."), 7),
    "figures.days_since_click": Variable("number", _("Days since the last valid click."), 3, True),
    "figures.days_since_sale": Variable("number", _("Days since the last sale."), 9, True),
    "silence.days": Variable("number", _("Days of silence, where the partner is silent."), 21, True),
    "silence.cause": Variable("text", _("Why the partner is silent: link_cold, faded …"), "link_cold", True),
    "portal.home": Variable("address", _("The portal."), "https://shop.example/p"),
    "portal.links": Variable("address", _("The portal’s links."), "https://shop.example/p/links"),
    "portal.earnings": Variable("address", _("The portal’s earnings."), "https://shop.example/p/earnings"),
    "portal.payouts": Variable("address", _("The portal’s payouts."), "https://shop.example/p/payouts"),
    "portal.terms": Variable("address", _("The portal’s terms."), "https://shop.example/p/terms"),
    "portal.profile": Variable("address", _("The portal’s profile."), "https://shop.example/p/profile"),
}  # fmt: skip
FACT: Final[Mapping[str, Variable]] = {
    "fact.sentence": Variable("text", _("The fact as a sentence."), "Your best day is Sunday."),
    "fact.n": Variable("number", _("How many cases the fact rests on."), 12),
    "fact.from": Variable("day", _("The first day of its period."), "2026-08-19"),
    "fact.to": Variable("day", _("The last day of its period."), "2026-11-16"),
    "fact.page": Variable("address", _("Where the partner can check it."), "https://shop.example/p"),
}
ABOUT: Final[Mapping[str, Variable]] = {
    "incident.title": Variable("text", _("What went wrong, in a few words."), "clicks were not counted"),
    "incident.cause": Variable("text", _("What went wrong and why."), "A certificate had expired."),
    "incident.from": Variable("day", _("The first day of the fault."), "2026-10-24"),
    "incident.to": Variable("day", _("The last day of the fault."), "2026-10-26"),
    "incident.orders": Variable("number", _("Orders that were touched, as far as we can tell."), 4),
    "incident.value": Variable("amount", _("Their value."), 15240),
    "incident.commission": Variable("amount", _("The commission that hangs on them."), 1524),
    "incident.is_estimate": Variable("number", _("1 where the numbers are an estimate, else 0."), 1),
    "incident.mended": Variable("text", _("How it was mended."), "We renewed it and watch it now.", True),
    "change.why": Variable("text", _("Why the terms change."), "Postage became dearer."),
    "change.starts": Variable("day", _("When the new terms begin."), "2026-12-17"),
    "change.lines": Variable("list", _("What changes, a sentence each."), (), items={"text": _TEXT}),
    "occasion.title": Variable("text", _("What is coming: a promotion, a call, a webinar."), "Mother’s Day"),
    "occasion.text": Variable("text", _("What it is about."), "Three new tea sets, from 2 March."),
    "occasion.on": Variable("day", _("When it is."), "2026-12-10"),
    "occasion.page": Variable("address", _("Where to read more or say yes."), "https://shop.example/p"),
}
ABOUT_GROUPS: Final = frozenset(name.partition(".")[0] for name in ABOUT)
KNOWN: Final[Mapping[str, Variable]] = {**VARIABLES, **ABOUT}
LOOP: Final = frozenset(("forloop.first", "forloop.last", "forloop.index", "forloop.length"))
