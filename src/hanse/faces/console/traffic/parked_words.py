"""Why a fact is parked, in words; and where two versions of one fact differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.reader import reader
from hanse.spine.parked.actions import OUTDATED
from hanse.spine.parked.models import ParkedFact
from hanse.traffic.conversions.models import Conversion, Refund


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a fact as it was known first and as it came again."""

    name: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        """Say whether the two versions say something else here."""
        return self.first != self.second


def waits_words(fact: ParkedFact) -> str:
    """Return the sentence that says why a fact is parked and what would release it."""
    forms = {
        "waits_for_conversion": _("A refund of order %(conversion)s, which has not come yet."),
        "waits_for_customer": _("A renewal of customer %(customer)s, whose first order has not come yet."),
        "waits_for_chargeback": _("A won dispute about chargeback %(chargeback)s, which has not come yet."),
        "no_rate": _("In %(currency)s, and there is no exchange rate of the week before it yet."),
        "refund_currency": _("In %(currency)s, but the order is in %(order_currency)s."),
        "unknown_goal": _("For the goal “%(goal)s”, which this program does not have."),
        "goal_needed": _("Order %(conversion)s exists for several goals; the refund must say which."),
        "unlisted_host": _("A page on %(host)s told it, and that host is not on the program’s list of domains."),
        "amount_differs": _("The same order came again with another amount."),
        "refund_differs": _("The same refund came again with other content."),
        "content_differs": _("The same fact came again with other content."),
        OUTDATED: _("The sender changed it before it could be counted; what they said last counts."),
        "unreadable": _("The record cannot be read: %(error)s"),
    }
    form = forms.get(fact.reason)
    details = _Details({key: str(value) for key, value in fact.detail.items()})
    return form % details if form else fact.reason.replace("_", " ").capitalize() + "."


class _Details(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def differences(fact: ParkedFact, known: Conversion | Refund | None) -> list[Difference]:
    """Return both versions of a contradicting fact, field by field; without a known one nothing."""
    if known is None:
        return []
    first, second = _as_known(known), _as_sent(fact.body)
    return [Difference(name, first.get(name, ""), second.get(name, "")) for name in second if name in first]


def _as_known(known: Conversion | Refund) -> dict[str, str]:
    said = {
        _("Amount"): _money(known.amount_minor, known.currency),
        _("Occurred"): _moment(known.occurred_at),
        _("Lines"): _lines(known.lines, known.currency),
    }
    if isinstance(known, Conversion):
        customer = known.customer.external_id if known.customer else ""
        return said | {_("Goal"): known.goal.key, _("Customer"): customer, _("Code"): known.coupon_code}
    return said | {_("Kind"): known.kind, _("Order"): known.conversion.external_id}


def _as_sent(body: Mapping[str, Any]) -> dict[str, str]:
    currency = str(body.get("currency", ""))
    lines = [
        [line["sku"], line["category"], line["quantity"], line["amount_minor"]] for line in body.get("lines") or []
    ]
    said = {
        _("Amount"): _money(body.get("amount_minor"), currency),
        _("Occurred"): _moment(datetime.fromisoformat(str(body["occurred_at"]))) if body.get("occurred_at") else "",
        _("Lines"): _lines(lines, currency),
    }
    if "goal" in body and "conversion" not in body:
        customer = (body.get("customer") or {}).get("external_id", "")
        return said | {_("Goal"): str(body["goal"]), _("Customer"): customer, _("Code"): str(body.get("coupon") or "")}
    return said | {_("Kind"): str(body.get("kind", "")), _("Order"): str(body.get("conversion", ""))}


def _money(minor: object, currency: str) -> str:
    return fmt.money(minor, currency, reader().language) if isinstance(minor, int) and currency else ""


def _moment(at: datetime) -> str:
    return fmt.exact(at, reader().zone, reader().language)


def _lines(lines: Any, currency: str) -> str:
    parts = [
        f"{quantity} × {sku or category or '–'} {_money(minor, currency)}"
        for sku, category, quantity, minor in lines or []
    ]
    return ", ".join(parts)
