"""A client that posts facts in batches over kept connections, as a shop's server would."""

from __future__ import annotations

import http.client
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

CONNECTIONS = 4


def post_all(port: int, key: str, bodies: Sequence[bytes]) -> float:
    """Post every body to /v1/conversions; return the seconds it took until the last answer. Each must be taken."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as senders:
        for done in [senders.submit(_post, port, key, bodies[place::CONNECTIONS]) for place in range(CONNECTIONS)]:
            done.result()
    return time.perf_counter() - began


def _post(port: int, key: str, bodies: Sequence[bytes]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    for body in bodies:
        connection.request("POST", "/v1/conversions", body, headers)
        answer = connection.getresponse()
        told = answer.read()
        if answer.status != 202:
            raise RuntimeError(f"the door answered {answer.status}: {told[:300]!r}")
    connection.close()
