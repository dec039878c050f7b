"""The rail `paypal`: PayPal's Payouts API. Its batch id is ours, stored before the call, and makes a retry safe."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hanse.kernel.errors import Invalid
from hanse.kernel.money import parse_amount_minor
from hanse.money.rails.paypal_file import currency_problems, paypal_amount, paypal_trouble, plain_note
from hanse.money.rails.rules import missing
from hanse.money.rails.types import ItemAnswer, Outcome, Payment, RailFile, RunFacts, SettingsField
from hanse.spine.outbound import NoAnswer, call

ITEMS = 15_000
PAGE = 1_000
LIVE, SANDBOX = "https://api-m.paypal.com", "https://api-m.sandbox.paypal.com"
_OUTCOMES: Mapping[str, Outcome] = {
    "SUCCESS": "paid", "FAILED": "failed", "BLOCKED": "failed", "RETURNED": "came_back", "REFUNDED": "came_back",
    "REVERSED": "came_back", "PENDING": "waiting", "UNCLAIMED": "waiting", "ONHOLD": "waiting",
}  # fmt: skip
NEVER_SENT = frozenset(("DENIED", "CANCELED"))


class SentBefore(Exception):
    """PayPal knows our batch id already; `outside_id` is the batch that it made then, "" when it does not say."""

    def __init__(self, outside_id: str) -> None:
        self.outside_id = outside_id
        super().__init__(outside_id)


class TurnedDown(Exception):
    """PayPal did not take the call: nothing of it will be paid."""


class NotAllowedYet(Exception):
    """The account's keys do not open this door: nothing was sent, and another key may help."""


class PayPalApi:
    """Called by us; nothing to upload."""

    key = "paypal"
    name = gettext_noop("PayPal, sent by the Payouts API")
    fields: tuple[SettingsField, ...] = (
        SettingsField("client_id", gettext_noop("Client ID"), limit=200, is_required=True),
        SettingsField("client_secret", gettext_noop("Client secret"), "secret", is_required=True),
        SettingsField(
            "api_url", gettext_noop("Which PayPal"), "url", default=LIVE,
            hint=gettext_noop("https://api-m.paypal.com pays; https://api-m.sandbox.paypal.com is for trying."),
        ),
        SettingsField("subject", gettext_noop("Subject of PayPal's mail"), limit=255),
        SettingsField("note", gettext_noop("Note to the recipient"), limit=1000),
    )  # fmt: skip

    def takes(self, details: Mapping[str, str]) -> bool:
        """Those who want PayPal."""
        return details["rail"] == "paypal"

    def trouble(self, payment: Payment, values: Mapping[str, str]) -> str:
        """The account is an e-mail address; the amount fits the currency's decimals at PayPal."""
        return paypal_trouble(payment)

    def problems(self, values: Mapping[str, str], currency: str) -> list[str]:
        """The account's keys, and a currency that PayPal pays out in."""
        return [*missing(self.fields, values), *currency_problems(currency)]

    def files(self, payments: Sequence[Payment], values: Mapping[str, str], run: RunFacts) -> list[RailFile]:
        """None."""
        return []


def batch_body(key: str, payments: Sequence[Payment], values: Mapping[str, str], run: RunFacts) -> dict[str, Any]:
    """Return the body of one call: at most 15,000 items. Raises ValueError for more."""
    if len(payments) > ITEMS:
        raise ValueError(f"PayPal takes at most {ITEMS} items in a call")
    note = plain_note(values.get("note") or f"{run.program_name}, {run.number}")
    subject = values.get("subject") or _("%(program)s has paid you") % {"program": run.program_name}
    return {
        "sender_batch_header": {
            "sender_batch_id": key, "recipient_type": "EMAIL", "email_subject": " ".join(subject.split())[:255],
            "email_message": note,
        },
        "items": [
            {
                "recipient_type": "EMAIL", "receiver": one.account, "note": note, "sender_item_id": one.id,
                "recipient_wallet": "PAYPAL",
                "amount": {"value": paypal_amount(one.amount_minor, one.currency), "currency": one.currency},
            }
            for one in payments
        ],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """What PayPal says of one batch: its state and what it knows of the items."""

    state: str
    items: tuple[ItemAnswer, ...]


class PayPal:
    """A conversation with PayPal under one account."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._root = (values.get("api_url") or LIVE).rstrip("/")
        self._keys = f"{values['client_id']}:{values['client_secret']}"
        self._token = ""

    def send(self, body: Mapping[str, Any]) -> str:
        """Send one batch and return PayPal's id of it.

        Raises SentBefore when this batch id was taken; TurnedDown for what is wrong with the call; NotAllowedYet for
        the account's keys; NoAnswer (try again with the same body) for 5xx, 429 and silence; NotCalled before the call.
        """
        answer = self._ask("POST", "/v1/payments/payouts", body)
        status, said = answer
        if status in (200, 201, 202):
            found = str(_of(said, "batch_header").get("payout_batch_id") or "")
            if found:
                return found
            raise NoAnswer(_("PayPal's answer names no batch."))
        if status in (401, 403):
            raise NotAllowedYet(_told(said, status))
        if status >= 500 or status in (408, 409, 425, 429):
            raise NoAnswer(_told(said, status))
        if _is_known_batch(said):
            raise SentBefore(_linked_batch(said))
        raise TurnedDown(_told(said, status))

    def read(self, outside_id: str) -> BatchAnswer:
        """Return what became of a batch and of each of its items, over all pages. Raises NoAnswer, NotAllowedYet."""
        state, items, page, pages = "", list[ItemAnswer](), 1, 1
        while page <= pages:
            path = f"/v1/payments/payouts/{quote(outside_id, safe='')}"
            status, said = self._ask("GET", f"{path}?page={page}&page_size={PAGE}&total_required=true")
            if status in (401, 403):
                raise NotAllowedYet(_told(said, status))
            if status != 200:
                raise NoAnswer(_told(said, status))
            state = str(_of(said, "batch_header").get("batch_status") or state)
            items += _items(said)
            pages = _pages(said, status)
            page += 1
        return BatchAnswer(state, tuple(items))

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, Mapping[str, Any]]:
        if not self._token:
            self._token = self._sign_in()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        content = json.dumps(body).encode() if body is not None else None
        answer = call(method, f"{self._root}{path}", headers=headers, body=content)
        return answer.status, _parsed(answer.body)

    def _sign_in(self) -> str:
        keys = base64.b64encode(self._keys.encode()).decode()
        headers = {"Authorization": f"Basic {keys}", "Content-Type": "application/x-www-form-urlencoded"}
        answer = call("POST", f"{self._root}/v1/oauth2/token", headers=headers, body=b"grant_type=client_credentials")
        said = _parsed(answer.body)
        if answer.status == 200 and said.get("access_token"):
            return str(said["access_token"])
        if answer.status >= 500 or answer.status == 429:
            raise NoAnswer(_told(said, answer.status))
        raise NotAllowedYet(_told(said, answer.status))


def _items(said: Mapping[str, Any]) -> Iterator[ItemAnswer]:
    for item in _each(said.get("items")):
        sent, fee = _of(item, "payout_item"), _of(item, "payout_item_fee")
        state = str(item.get("transaction_status") or "PENDING")
        wrong = item.get("errors")
        wrong = wrong if isinstance(wrong, dict) else next(iter(_each(wrong)), {})
        reason = str(wrong.get("message") or wrong.get("name") or "")
        fee_currency = str(fee.get("currency") or "")
        yield ItemAnswer(
            str(sent.get("sender_item_id") or ""), _OUTCOMES.get(state, "waiting"), state,
            reference=str(item.get("transaction_id") or item.get("payout_item_id") or "")[:100], reason=reason[:300],
            outside_id=str(item.get("payout_item_id") or "")[:80], fee_minor=_amount(fee), fee_currency=fee_currency,
        )  # fmt: skip


def _amount(said: Mapping[str, Any]) -> int:
    try:
        return parse_amount_minor(str(said.get("value") or "0"), str(said.get("currency") or "USD"))
    except Invalid:
        return 0


def _is_known_batch(said: Mapping[str, Any]) -> bool:
    for detail in _each(said.get("details")):
        field = str(detail.get("field") or "").upper()
        if "SENDER_BATCH_ID" in field.replace(".", "_") and "already" in str(detail.get("issue") or "").lower():
            return True
    return "DUPLICATE" in str(said.get("name") or "").upper()


def _linked_batch(said: Mapping[str, Any]) -> str:
    links = _each(said.get("links"))
    for detail in _each(said.get("details")):
        links += _each(detail.get("link") or detail.get("links"))
    found = [str(link.get("href") or "") for link in links if "/payments/payouts/" in str(link.get("href") or "")]
    return found[0].rstrip("/").rpartition("/")[2].partition("?")[0][:80] if found else ""


def _told(said: Mapping[str, Any], status: int) -> str:
    details = "; ".join(
        f"{one.get('field') or ''} {one.get('issue') or one.get('description') or ''}".strip()
        for one in _each(said.get("details"))
    )
    words = str(said.get("message") or said.get("error_description") or said.get("name") or "")
    return f"PayPal {status}: {words} {details}".strip()[:500]


def _of(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def _each(found: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list, whatever an answer has in its place."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _pages(said: Mapping[str, Any], status: int) -> int:
    try:
        return min(int(said.get("total_pages") or 1), 1_000)
    except (TypeError, ValueError) as error:
        raise NoAnswer(_told(said, status)) from error


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
