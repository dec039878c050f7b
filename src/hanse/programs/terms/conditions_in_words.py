"""Conditions in plain words: "on lines of category books or games", "if the order is at least £50.00"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from hanse.kernel.conditions import Condition, Group, Scalar, Test

Money = Callable[[int], str]
Names = Mapping[str, str]
_AMOUNTS = frozenset(("line.amount", "order.amount", "enrolment.value"))


def condition_words(condition: Condition, money: Money, goal_names: Names | None = None) -> str:
    """Say a condition, nested ones with brackets, as the end of a sentence. `goal_names`: goals' display names."""
    says = Saying(money, goal_names or {})
    if isinstance(condition, Test):
        return _known_phrase(condition) or _("if %(test)s") % {"test": says.test(condition)}
    return _("if %(test)s") % {"test": says.group(condition)}


def _known_phrase(test: Test) -> str | None:
    if test.field == "customer.is_new" and test.op in ("eq", "ne"):
        return _("for new customers") if (test.value is True) is (test.op == "eq") else _("for existing customers")
    if test.op not in ("eq", "in"):
        return None
    values = _listed(test.value)
    if test.field == "line.category":
        return _("on lines of category %(values)s") % {"values": values}
    if test.field == "line.sku":
        return _("on lines of article %(values)s") % {"values": values}
    if test.field == "customer.country":
        return _("for customers in %(values)s") % {"values": values}
    if test.field == "order.coupon":
        return _("with code %(values)s") % {"values": values}
    return None


class Saying:
    """Says groups and tests of one condition."""

    def __init__(self, money: Money, goal_names: Names) -> None:
        self._money, self._goal_names = money, goal_names

    def group(self, group: Group) -> str:
        """Say several tests; those of a group inside stand in brackets unless they are joined alike."""
        joiner = _(" and ") if group.how == "all" else _(" or ")
        parts = []
        for member in group.conditions:
            if isinstance(member, Test):
                parts.append(self.test(member))
            elif member.how == group.how or len(member.conditions) == 1:
                parts.append(self.group(member))
            else:
                parts.append(f"({self.group(member)})")
        return joiner.join(parts)

    def test(self, test: Test) -> str:
        """Say one test."""
        if test.field == "customer.is_new" and test.op in ("eq", "ne"):
            is_new = (test.value is True) is (test.op == "eq")
            return _("the customer is new") if is_new else _("the customer is not new")
        values = {"field": field_words(test.field), "value": self._value(test)}
        if test.field == "customer.is_new" and test.op == "exists" and test.value is True:
            return _("it is known whether the customer is new")
        if test.op == "exists":
            return (_("%(field)s is known") if test.value is True else _("%(field)s is not known")) % values
        return _operator_forms()[test.op] % values

    def _value(self, test: Test) -> str:
        if test.field in _AMOUNTS and isinstance(test.value, int):
            return self._money(test.value)
        if test.field in _AMOUNTS and isinstance(test.value, tuple):
            return _(" or ").join(self._money(value) for value in test.value if isinstance(value, int))
        if test.field == "goal":
            named = test.value if isinstance(test.value, tuple) else (test.value,)
            return _listed(tuple(self._goal_names.get(str(one), str(one)) for one in named))
        return _listed(test.value)


def _operator_forms() -> dict[str, str]:
    return {
        "eq": _("%(field)s is %(value)s"),
        "ne": _("%(field)s is not %(value)s"),
        "in": _("%(field)s is %(value)s"),
        "not_in": _("%(field)s is none of %(value)s"),
        "gt": _("%(field)s is more than %(value)s"),
        "gte": _("%(field)s is at least %(value)s"),
        "lt": _("%(field)s is less than %(value)s"),
        "lte": _("%(field)s is at most %(value)s"),
        "contains": _("%(field)s contains %(value)s"),
        "starts_with": _("%(field)s begins with %(value)s"),
        "ends_with": _("%(field)s ends with %(value)s"),
    }


def field_words(name: str) -> str:
    """Name a field in words; fields of an order's metadata are shown as they are called there."""
    if name.startswith("metadata."):
        return f"“{name.removeprefix('metadata.')}”"
    return {
        "goal": _("the goal"),
        "line.sku": _("the article"),
        "line.category": _("the category"),
        "line.quantity": _("the quantity"),
        "line.amount": _("the line’s value"),
        "order.amount": _("the order’s value"),
        "order.currency": _("the currency"),
        "order.coupon": _("the code"),
        "customer.country": _("the customer’s country"),
        "customer.is_new": _("the customer being new"),
        "customer.months": _("the customer’s age in months"),
        "partner.types": _("the partner’s kind"),
        "partner.country": _("the partner’s country"),
        "enrolment.tier": _("the tier"),
        "enrolment.conversions": _("the number of earlier conversions"),
        "enrolment.value": _("the value brought before"),
    }[name]


def _listed(value: Scalar | tuple[Scalar, ...]) -> str:
    if isinstance(value, tuple):
        return _(" or ").join(_plain(entry) for entry in value) or _("nothing")
    return _plain(value)


def _plain(value: Scalar) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
