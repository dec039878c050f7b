"""A local PayPal that follows the published OpenAPI description of Payouts 1.9, as far as we use it.

It keeps each `sender_batch_id` once, refuses what the description's schema refuses, and can be told to fail.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.listening import listening

CLIENT = ("our-client", "our-secret")
WALLETS = {"PAYPAL", "VENMO", "RECIPIENT_SELECTED"}


class FakePayPal:
    """Its memory: batches by its own id, what each item is to become, the answers it is told to give."""

    def __init__(self) -> None:
        self.batches: dict[str, dict[str, Any]] = {}
        self.states: dict[str, str] = {}
        self.fees: dict[str, str] = {}
        self.batch_state = "SUCCESS"
        self.fail_after_taking: list[int] = []  # takes the batch, then answers with this status
        self.fail_before_taking: list[int] = []
        self.posts: list[dict[str, Any]] = []
        self.tokens = 0
        self.address = ""

    def take(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Answer POST /v1/payments/payouts."""
        wrong = list(schema_faults(body))
        if wrong:
            return 400, {"name": "VALIDATION_ERROR", "message": "Invalid request.", "debug_id": "d", "details": wrong}
        key = body["sender_batch_header"]["sender_batch_id"]
        for outside_id, batch in self.batches.items():
            if batch["sender_batch_header"]["sender_batch_id"] == key:
                href = f"{self.address}/v1/payments/payouts/{outside_id}"
                detail = {
                    "field": "SENDER_BATCH_ID", "location": "body",
                    "issue": "Batch with given sender_batch_id already exists",
                    "link": [{"href": href, "rel": "self", "method": "GET"}],
                }  # fmt: skip
                return 400, {"name": "USER_BUSINESS_ERROR", "message": "User business error.", "details": [detail]}
        outside_id = f"B{len(self.batches) + 1:013d}"
        self.batches[outside_id] = body
        head = {"payout_batch_id": outside_id, "batch_status": "PENDING"}
        return 201, {"batch_header": head | {"sender_batch_header": body["sender_batch_header"]}, "links": []}

    def show(self, outside_id: str, page: int, size: int) -> tuple[int, dict[str, Any]]:
        """Answer GET /v1/payments/payouts/{id}."""
        batch = self.batches.get(outside_id)
        if batch is None:
            return 404, {"name": "RESOURCE_NOT_FOUND", "message": "The specified resource does not exist."}
        items = [self._item(item, outside_id) for item in batch["items"]]
        head = {"payout_batch_id": outside_id, "batch_status": self.batch_state}
        pages = -(-len(items) // size)
        return 200, {
            "batch_header": head, "items": items[(page - 1) * size : page * size], "total_items": len(items),
            "total_pages": pages, "links": [],
        }  # fmt: skip

    def _item(self, item: dict[str, Any], outside_id: str) -> dict[str, Any]:
        mine, state = item["sender_item_id"], self.states.get(item["receiver"], "SUCCESS")
        shown = {
            "payout_item_id": f"I{mine[-12:]}", "payout_batch_id": outside_id, "transaction_status": state,
            "payout_item_fee": _money(item["amount"]["currency"], self.fees.get(item["receiver"], "0.00")),
            "payout_item": item, "links": [],
        }  # fmt: skip
        if state == "SUCCESS":
            shown["transaction_id"] = f"T{mine[-12:]}"
        if state in ("FAILED", "BLOCKED"):
            shown["errors"] = {"name": "RECEIVER_UNREGISTERED", "message": "Receiver is unregistered"}
        return shown


def _money(currency: str, value: str) -> dict[str, str]:
    return {"currency": currency, "value": value}


def schema_faults(body: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield what the description's schema finds wrong with a request."""
    head, items = body.get("sender_batch_header", {}), body.get("items", [])
    if not 1 <= len(items) <= 15_000:
        yield {"field": "items", "issue": "1 to 15000 items"}
    if not head.get("sender_batch_id") or len(head["sender_batch_id"]) > 256:
        yield {"field": "sender_batch_header.sender_batch_id", "issue": "missing or too long"}
    if len(head.get("email_subject", "")) > 255 or len(head.get("email_message", "")) > 1000:
        yield {"field": "sender_batch_header", "issue": "too long"}
    for place, item in enumerate(items):
        amount, note = item.get("amount", {}), item.get("note", "")
        if set(amount) != {"value", "currency"} or len(amount.get("currency", "")) != 3:
            yield {"field": f"items[{place}].amount", "issue": "value and currency"}
        if item.get("recipient_type") not in ("EMAIL", "PHONE", "PAYPAL_ID", "USER_HANDLE"):
            yield {"field": f"items[{place}].recipient_type", "issue": "unknown"}
        if not 0 < len(item.get("receiver", "")) <= 127:
            yield {"field": f"items[{place}].receiver", "issue": "1 to 127 characters"}
        if len(note) > (4000 if note.isascii() else 1000) or len(item.get("sender_item_id", "")) > 63:
            yield {"field": f"items[{place}]", "issue": "too long"}
        if item.get("recipient_wallet") not in WALLETS:
            yield {"field": f"items[{place}].recipient_wallet", "issue": "unknown"}


@contextmanager
def serving() -> Iterator[FakePayPal]:
    """Serve a PayPal on a free loopback port."""
    paypal = FakePayPal()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            pass

        def _say(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _may(self) -> bool:
            if self.headers.get("Authorization") == f"Bearer token-{paypal.tokens}":
                return True
            self._say(401, {"name": "AUTHENTICATION_FAILURE", "message": "Authentication failed."})
            return False

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path == "/v1/oauth2/token":
                keys = base64.b64encode(":".join(CLIENT).encode()).decode()
                if self.headers.get("Authorization") != f"Basic {keys}" or content != b"grant_type=client_credentials":
                    self._say(401, {"error": "invalid_client", "error_description": "Client Authentication failed"})
                    return
                paypal.tokens += 1
                self._say(200, {"access_token": f"token-{paypal.tokens}", "token_type": "Bearer", "expires_in": 32400})
            elif self._may():
                body = json.loads(content)
                paypal.posts.append(body)
                if paypal.fail_before_taking:
                    self._say(paypal.fail_before_taking.pop(), {"name": "INTERNAL_SERVICE_ERROR", "message": "Sorry."})
                    return
                status, answer = paypal.take(body)
                if paypal.fail_after_taking:
                    status, answer = paypal.fail_after_taking.pop(), {"name": "INTERNAL_SERVICE_ERROR"}
                self._say(status, answer)

        def do_GET(self) -> None:
            if self._may():
                parts = urlsplit(self.path)
                query = parse_qs(parts.query)
                page, size = int(query.get("page", ["1"])[0]), int(query.get("page_size", ["1000"])[0])
                self._say(*paypal.show(parts.path.rpartition("/")[2], page, size))

    with listening(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        paypal.address = f"http://127.0.0.1:{server.server_address[1]}"
        yield paypal
