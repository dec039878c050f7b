"""Conditions over partners in plain words, for those who choose and for those who read."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from babel.numbers import format_currency, format_decimal
from django.utils.translation import gettext as _

from hanse.growth.audiences.fields import AMOUNTS
from hanse.insight.facts.kinds import KINDS
from hanse.insight.facts.titles import title_of
from hanse.kernel.conditions import Condition, Scalar, Test
from hanse.kernel.money import digits
from hanse.programs.terms.sentences import active_locale

Names = Mapping[str, str]


def field_names() -> dict[str, str]:
    """Return every field that a condition may ask for, in words; facts each by its kind."""
    return _of_partner() | _of_figures() | _of_signs() | _of_facts()


def field_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the fields with their words, by what they are about."""
    return [
        (_("The partner"), list(_of_partner().items())),
        (_("Numbers"), list(_of_figures().items())),
        (_("Silence, health, events"), list(_of_signs().items())),
        (_("Facts: on how many cases"), sorted(_of_facts().items(), key=_second)),
    ]


def _second(pair: tuple[str, str]) -> str:
    return pair[1]


def operator_names() -> dict[str, str]:
    """Return the operators in words."""
    return {
        "eq": _("is"), "ne": _("is not"), "in": _("is one of"), "not_in": _("is none of"), "gte": _("is at least"),
        "lte": _("is at most"), "gt": _("is more than"), "lt": _("is less than"), "contains": _("contains"),
        "exists": _("is known"),
    }  # fmt: skip


def sentence_of(condition: Condition | None, currency: str, tiers: Names | None = None) -> str:
    """Say whom a condition means. `tiers` give keys their names."""
    if condition is None:
        return _("Every active partner")
    return _("Partners of whom this holds: %(condition)s.") % {"condition": _said(condition, currency, tiers or {})}


def _said(condition: Condition, currency: str, tiers: Names, inner: bool = False) -> str:
    if isinstance(condition, Test):
        return _test(condition, currency, tiers)
    joiner = _(" and ") if condition.how == "all" else _(" or ")
    words = joiner.join(_said(member, currency, tiers, True) for member in condition.conditions)
    return f"({words})" if inner and len(condition.conditions) > 1 else words


def _test(test: Test, currency: str, tiers: Names) -> str:
    name = field_names().get(test.field, test.field)
    if test.op == "exists":
        words = _("%(field)s is known") if test.value is True else _("%(field)s is not known")
        return words % {"field": name}
    entries = test.value if isinstance(test.value, tuple) else (test.value,)
    value = _(" or ").join(_value(test.field, entry, currency, tiers) for entry in entries) or _("nothing")
    return _("%(field)s %(operator)s %(value)s") % {
        "field": name, "operator": operator_names().get(test.op, test.op), "value": value,
    }  # fmt: skip


def _value(field: str, value: Scalar, currency: str, tiers: Names) -> str:
    if field in AMOUNTS and isinstance(value, int):
        return format_currency(Decimal(value).scaleb(-digits(currency)), currency, locale=active_locale())
    if field == "enrolment.tier":
        return tiers.get(str(value), str(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return format_decimal(value, locale=active_locale()) if isinstance(value, int) else str(value)


def _of_partner() -> dict[str, str]:
    return {
        "partner.country": _("country"), "partner.types": _("type of partner"), "partner.tags": _("tag"),
        "partner.language": _("language"), "partner.source": _("where they came from"),
        "partner.owner": _("owner’s address"), "enrolment.tier": _("tier"), "enrolment.status": _("status"),
    }  # fmt: skip


def _of_figures() -> dict[str, str]:
    return {
        "figures.clicks_7d": _("clicks in 7 days"), "figures.clicks_30d": _("clicks in 30 days"),
        "figures.clicks_90d": _("clicks in 90 days"), "figures.conversions_30d": _("sales in 30 days"),
        "figures.conversions_90d": _("sales in 90 days"), "figures.conversions_180d": _("sales in 180 days"),
        "figures.value_30d_minor": _("value in 30 days"), "figures.value_90d_minor": _("value in 90 days"),
        "figures.value_180d_minor": _("value in 180 days"),
        "figures.new_customers_90d": _("new customers in 90 days"), "figures.refunds_90d": _("refunds in 90 days"),
        "figures.days_since_click": _("days since the last click"),
        "figures.days_since_sale": _("days since the last sale"), "figures.days_enrolled": _("days since joining"),
        "figures.sales_total": _("sales in all"), "figures.value_total_minor": _("value in all"),
        "rates.value_per_sale_90d_minor": _("value of a sale, 90 days"),
        "rates.refunds_90d_ppm": _("refunds per million sales, 90 days"),
    }  # fmt: skip


def _of_facts() -> dict[str, str]:
    return {f"facts.{kind}": str(title_of(kind)) for kind in KINDS}


def _of_signs() -> dict[str, str]:
    return {
        "silence.cause": _("cause of silence"), "silence.days": _("days of silence"),
        "health.score": _("health score"), "events.enrolled": _("days since joining (calendar)"),
        "events.terms_accepted": _("days since terms were accepted"),
        "events.tier_changed": _("days since the tier changed"), "events.link_made": _("days since a link was made"),
        "events.link_copied": _("days since a link was copied"),
        "events.first_sale": _("days since the first sale"), "events.paid": _("days since the last payout"),
        "events.product_use": _("days since they used the product"),
        "events.piece": _("days since they published something"),
        "events.portal_login": _("days since they were in the portal"),
        "events.lesson": _("days since they did a lesson"),
        "events.training": _("days since they did the training"),
        "events.recording": _("days since they watched a recording"),
        "training.lessons_done": _("lessons done"), "training.lessons_left": _("lessons still to do"),
        "training.sessions_attended": _("live sessions attended"),
    }  # fmt: skip
