"""Points of health in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from babel.numbers import format_currency
from django.utils.translation import get_language, ngettext, pgettext, to_locale
from django.utils.translation import gettext as _

from hanse.growth.health.types import Point
from hanse.kernel.money import digits


def area_name(area: str) -> str:
    """Return what an area of health is called."""
    return {
        "trend": _("Value trend"), "engagement": _("Engagement"), "enablement": _("Enablement"),
        "pipeline": pgettext("area of health", "Pipeline"), "relationship": _("Relationship"),
    }[area]  # fmt: skip


def point_name(point: Point) -> str:
    """Return what a line of points is given for."""
    return {
        "value": _("Sells as much as in the quarter before"), "clicks": _("Clicks come at their rhythm"),
        "sales": _("Sales come at their rhythm"), "visits": _("Looked into the portal"),
        "link": _("Has a link in use"), "terms": _("Accepted the terms"),
        "payout_details": _("Can be paid"), "clicks_coming": _("Clicks of the last 30 days"),
        "on_the_way": _("Something is on its way"), "we_spoke": _("We spoke with them"),
        "they_spoke": _("They wrote to us"), "lessons": _("Lessons done"),
    }[point.key]  # fmt: skip


def evidence_of(point: Point, currency: str) -> str:
    """Return what a line of points rests on."""
    numbers = point.numbers
    if point.key == "value":
        change = Decimal(int(numbers["change_ppm"] or 0)) / 10_000
        return _("%(now)s in 90 days, %(before)s in the 90 before; the program stands at %(change)d%% of before.") % {
            "now": _money(numbers, "now_minor", currency), "before": _money(numbers, "before_minor", currency),
            "change": round(change),
        }  # fmt: skip
    if point.key == "clicks_coming":
        return _("%(now)d clicks; %(usual)d are usual.") % {
            "now": numbers["now"] or 0, "usual": numbers["usual"] or 0,
        }  # fmt: skip
    if point.key == "lessons":
        done, meant = int(numbers["lessons_done"] or 0), int(numbers["lessons_meant"] or 0)
        text = ngettext("%(done)d of %(n)d lesson.", "%(done)d of %(n)d lessons.", meant)
        return text % {"done": done, "n": meant}
    if point.key == "on_the_way":
        deals = int(numbers["deals"] or 0)
        text = ngettext("%(held)s waits for approval, %(n)d registered deal is open.",
                        "%(held)s waits for approval, %(n)d registered deals are open.", deals)  # fmt: skip
        return text % {"held": _money(numbers, "held_minor", currency), "n": deals}
    if "done" in numbers:
        return _("Done.") if numbers["done"] else _("Not yet.")
    days = numbers.get("days")
    if days is None:
        return _("Never.")
    return ngettext("%(n)d day ago.", "%(n)d days ago.", days) % {"n": days} if days else _("Today.")


def _money(numbers: Mapping[str, int | None], name: str, currency: str) -> str:
    language = get_language() or "en"
    amount = Decimal(numbers.get(name) or 0).scaleb(-digits(currency))
    return format_currency(amount, currency, locale="en_GB" if language == "en" else to_locale(language))
