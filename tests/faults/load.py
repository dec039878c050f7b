"""A load of clicks and orders from several clients, each writing down what it asked and what it was answered."""

from __future__ import annotations

import contextlib
import itertools
import random
import threading
import time
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.faults.oracle import Log
from tests.served import BROWSER

PATIENCE_SECONDS = 0.05


class Load:
    """Runs until it is stopped, against one edge or several by chance.

    An order without an answer is sent again, as every shop's server does.
    """

    def __init__(
        self, url: str, key: str, slug: str, clients: int = 3, others: Sequence[str] = (), log: Log | None = None,
    ) -> None:  # fmt: skip
        self.log = log or Log()
        self.answered_at: list[float] = []
        self._urls, self._key, self._slug = (url, *others), key, slug
        self._lock, self._stopped = threading.Lock(), threading.Event()
        self._numbers = itertools.count(len(self.log.orders_asked) + 1)
        self._threads = [threading.Thread(target=self._shop, daemon=True) for _ in range(clients)]
        self._threads += [threading.Thread(target=self._visit, daemon=True) for _ in range(clients)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def _note(self) -> None:
        self.answered_at.append(time.monotonic())

    def _shop(self) -> None:
        headers = {"authorization": f"Bearer {self._key}"}
        with contextlib.ExitStack() as stack:
            clients = [
                stack.enter_context(httpx.Client(base_url=url, headers=headers, timeout=5)) for url in self._urls
            ]
            while not self._stopped.is_set():
                self._order(clients, f"order-{next(self._numbers)}", random.randrange(100, 99_999))

    def _order(self, clients: list[httpx.Client], external_id: str, amount: int) -> None:
        token = random.choice(self.log.tokens) if self.log.tokens and random.random() < 0.7 else None
        body = {"goal": "sale", "external_id": external_id, "amount": amount, "currency": "EUR", "occurred_at": _now()}
        body |= {"click": token} if token else {}
        for _ in range(200):
            with self._lock:
                self.log.orders_asked[external_id] += 1
            with contextlib.suppress(httpx.HTTPError):
                answer = random.choice(clients).post("/v1/conversions", json=body)
                if answer.status_code in (200, 202):
                    with self._lock:
                        self.log.orders_answered[external_id] = amount
                    return self._note()
                assert answer.status_code >= 500, f"{answer.status_code} {answer.text}"
            time.sleep(PATIENCE_SECONDS)
        return None

    def _visit(self) -> None:
        while not self._stopped.is_set():
            with self._lock:
                self.log.clicks_asked += 1
            with (
                contextlib.suppress(httpx.HTTPError),
                httpx.Client(base_url=random.choice(self._urls), timeout=5) as browser,
            ):
                answer = browser.get(f"/{self._slug}", headers={"user-agent": BROWSER})
                token = parse_qs(urlsplit(answer.headers.get("location", "")).query).get("hz_click")
                if answer.status_code == 302 and token:
                    with self._lock:
                        self.log.tokens.append(token[0])
                    self._note()
            time.sleep(0.005)


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
