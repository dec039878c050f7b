"""Conditions in words: what a field is called, what a test says, what a whole condition says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.reader import reader
from hanse.growth.audiences.fields import AMOUNTS
from hanse.people.partners.queries import partner_types

AMOUNT_FIELDS = AMOUNTS | {"deal.amount"}


def field_names() -> dict[str, str]:
    """Return the fields that a form offers, in words; the API takes all of them."""
    return {
        "figures.conversions_90d": _("Sales in 90 days"),
        "figures.conversions_180d": _("Sales in 180 days"),
        "figures.value_90d_minor": _("Value in 90 days"),
        "figures.value_180d_minor": _("Value in 180 days"),
        "figures.new_customers_90d": _("New customers in 90 days"),
        "figures.clicks_30d": _("Clicks in 30 days"),
        "figures.clicks_90d": _("Clicks in 90 days"),
        "figures.sales_total": _("Sales so far"),
        "figures.value_total_minor": _("Value so far"),
        "figures.days_enrolled": _("Days in the program"),
        "figures.days_since_sale": _("Days since the last sale"),
        "figures.days_since_click": _("Days since the last click"),
        "figures.refunds_90d": _("Refunds in 90 days"),
        "health.score": _("Health score"),
        "partner.types": _("Types"),
        "partner.country": _("Country"),
        "partner.tags": _("Tags"),
        "partner.language": _("Language"),
        "enrolment.tier": _("Tier"),
        "enrolment.status": _("Status"),
    }


def deal_field_names() -> dict[str, str]:
    """Return what a route of deals can ask for."""
    return {
        "deal.amount": _("Expected amount"),
        "deal.country": _("Customer’s country"),
        "deal.domain": _("Company’s domain"),
        "partner.types": _("Partner’s types"),
        "partner.country": _("Partner’s country"),
        "partner.tags": _("Partner’s tags"),
        "enrolment.tier": _("Partner’s tier"),
    }


def operator_names() -> dict[str, str]:
    """Return the operators that a form offers, in words."""
    return {
        "gte": _("at least"), "lte": _("at most"), "eq": _("is"), "ne": _("is not"), "in": _("is one of"),
        "not_in": _("is none of"), "contains": _("has"), "exists": _("is known"),
    }  # fmt: skip


def test_words(test: Mapping[str, Any], currency: str, names: Mapping[str, str]) -> str:
    """Say one test: `Sales in 90 days at least 10`."""
    op = str(test["op"])
    said = operator_names().get(op, op.replace("_", " "))
    name = names.get(str(test["field"]), str(test["field"]))
    return f"{name} {said}" if op == "exists" else f"{name} {said} {value_words(test, test.get('value'), currency)}"


def wanted_words(test: Mapping[str, Any], currency: str) -> str:
    """Say what a test asked for, beside what was found: `at least 10`."""
    op = str(test["op"])
    said = operator_names().get(op, op.replace("_", " "))
    return said if op == "exists" else f"{said} {value_words(test, test.get('value'), currency)}"


def value_words(test: Mapping[str, Any], value: object, currency: str) -> str:
    """Say a value as its field has it: amounts in money, types by name."""
    if value is None:
        return _("nothing")
    if isinstance(value, list | tuple):
        return ", ".join(value_words(test, one, currency) for one in value) or _("nothing")
    if test["field"] in AMOUNT_FIELDS and isinstance(value, int):
        return fmt.money(value, currency, reader().language)
    if test["field"] == "partner.types":
        return {kind.slug: kind.name for kind in partner_types()}.get(str(value), str(value))
    return fmt.number(value, reader().language) if isinstance(value, int) else str(value)


def condition_words(condition: Any, currency: str, names: Mapping[str, str]) -> str:
    """Say a condition in one line; groups inside groups stand in brackets."""
    if not isinstance(condition, Mapping) or not condition:
        return _("everybody")
    if "field" in condition:
        return test_words(condition, currency, names)
    how = "any" if "any" in condition else "all"
    parts = [
        f"({condition_words(one, currency, names)})" if "field" not in one else test_words(one, currency, names)
        for one in condition[how]
    ]
    return (f" {_('or')} " if how == "any" else f" {_('and')} ").join(parts)
