"""The rail `credit`: the shop issues a coupon when our signed webhook asks for it, and its answer is the proof."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hanse.kernel.webhooks import signed_headers, signing_secret
from hanse.money.rails.rules import missing
from hanse.money.rails.types import ItemAnswer, Payment, RailFile, RunFacts, SettingsField
from hanse.spine.outbound import Answer

_AGAIN = frozenset((408, 409, 425, 429))


class StoreCredit:
    """A coupon instead of money."""

    key = "credit"
    name = gettext_noop("Store credit, a coupon from your shop (webhook)")
    fields: tuple[SettingsField, ...] = (
        SettingsField("url", gettext_noop("Address in your shop that issues coupons"), "url", 500, is_required=True),
        SettingsField(
            "secret", gettext_noop("Signing secret"), "secret", is_required=True,
            hint=gettext_noop("Standard Webhooks: whsec_ and 24 bytes or more in base64; your shop checks with it."),
        ),
    )  # fmt: skip

    def takes(self, details: Mapping[str, str]) -> bool:
        """Those who want store credit."""
        return details["rail"] == "credit"

    def trouble(self, payment: Payment, values: Mapping[str, str]) -> str:
        """Nothing: the shop knows its buyers."""
        return ""

    def problems(self, values: Mapping[str, str], currency: str) -> list[str]:
        """The shop's address and a secret that can sign."""
        found = missing(self.fields, values)
        if values.get("secret"):
            try:
                signing_secret(values["secret"])
            except ValueError:
                found.append(_("The signing secret is whsec_ and at least 24 bytes in base64."))
        return found

    def files(self, payments: Sequence[Payment], values: Mapping[str, str], run: RunFacts) -> list[RailFile]:
        """None."""
        return []


def webhook_body(payment: Payment, run: RunFacts) -> dict[str, object]:
    """Return what the shop is told: whom to give how much, and the id under which it does so once."""
    return {
        "type": "payout.store_credit",
        "timestamp": run.opened_at.isoformat(),
        "data": {
            "id": payment.id, "run": run.number, "amount": payment.amount_minor, "currency": payment.currency,
            "partner": {"name": payment.partner_name, "email": payment.email}, "account": payment.account,
        },
    }  # fmt: skip


def signed(body: Mapping[str, object], secret: str, message_id: str, now: datetime) -> tuple[bytes, dict[str, str]]:
    """Return the bytes to send and their headers. The id stays the same in every try. Raises ValueError."""
    content = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    headers = signed_headers(signing_secret(secret), message_id, int(now.timestamp()), content)
    return content, {"Content-Type": "application/json", **headers}


def read_answer(payment: str, answer: Answer) -> ItemAnswer | None:
    """Return what the shop said: the coupon's code for 2xx, a refusal for 4xx; None: ask again later."""
    said = _object(answer.body)
    if 200 <= answer.status < 300:
        code = str(said.get("code") or said.get("reference") or "")
        state = "SUCCESS" if code or answer.status != 202 else "PENDING"
        if state == "PENDING":
            return None
        return ItemAnswer(payment, "paid", state, reference=code[:100] or _("Issued"))
    if 400 <= answer.status < 500 and answer.status not in _AGAIN:
        reason = str(said.get("detail") or said.get("message") or said.get("error") or "")[:300]
        return ItemAnswer(payment, "failed", str(answer.status), reason=reason or _("The shop refused to issue it."))
    return None


def _object(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
