"""What clicks and sales are told apart by, and which values of a link's day keep their names. Pure.

A dimension may have any number of values (a sub-parameter may be new with every click). So that a link's day stays
small, only KEPT values of each dimension are named there; the clicks of the others are added up under OTHER. Which ones
does not depend on when or in what order clicks come: the shortest, among those the first in order, for what people
write is short and what machines make up is long. A value that was pushed out once can therefore never come back, and
adding up anew names the same ones.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

KEPT = 100
OTHER = " other"  # begins with a space, as no value does: all are stripped
WHOLE = ""  # the dimension of everything
REASON, LINK, COUPON, VARIANT = "reason", "link", "coupon", "variant"
COUNTRY, DEVICE, REFERRER, INITIATIVE, SUB = "country", "device", "referrer", "initiative", "sub:"
BOUNDED = frozenset((WHOLE, REASON, COUNTRY, DEVICE, VARIANT))  # by nature, or by who runs the program
MAX_SUBS, MAX_NAME, MAX_VALUE = 60, 30, 80
_NO_SUBS = frozenset((INITIATIVE, "hz_dropped"))  # what the edge keeps beside a click's own parameters

Facets = dict[str, str]


def facets_of_click(country: str, device: str, referrer: str, variant: str, subs: Mapping[str, object]) -> Facets:
    """Return the values of a click by dimension, cut to length; dimensions without a value are left out."""
    known = {COUNTRY: country, DEVICE: device, REFERRER: referrer.lower().removeprefix("www."), VARIANT: variant}
    if subs:
        known[INITIATIVE] = str(subs.get(INITIATIVE, ""))
        for name in sorted(subs.keys() - _NO_SUBS, key=rank)[:MAX_SUBS]:
            known[SUB + name.strip()[:MAX_NAME]] = str(subs[name])
    return {name: value for name, text in known.items() if (value := " ".join(text.split())[:MAX_VALUE].strip())}


def facets_of_sale(click: Mapping[str, str], country: str, coupon: str) -> Facets:
    """Return the values of a credited sale: those of its click; without one, the order's country; and its coupon."""
    known = {**click, COUNTRY: click.get(COUNTRY) or country, COUPON: coupon.strip().upper()[:MAX_VALUE]}
    return {name: value for name, value in known.items() if value}


def rank(value: str) -> tuple[int, str]:
    """Return where a value stands among those of its dimension: the first ones keep their names."""
    return len(value), value


def named(values: Collection[str]) -> set[str]:
    """Return the values that keep their names on a link's day."""
    return set(values) if len(values) <= KEPT else set(sorted(values, key=rank)[:KEPT])


def hour_of(at: datetime) -> datetime:
    """Return the first moment of the hour in UTC."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
