"""Bad input over a real socket: a clear 4xx with a named reason, nothing stored, and the edge serves on."""

from __future__ import annotations

import contextlib
import json
import re
import socket
from typing import NamedTuple

import httpx
import pytest

from tests.edge.door_tables import KEY
from tests.edge.serving import BROWSER, TOKENS, Edge
from tests.edge.test_clicks import token_of

ORDER = b'{"goal":"sale","external_id":"x","amount":1,"currency":"EUR"}'
CONVERSIONS, BROWSER_DOOR = b"/v1/conversions", b"/v1/browser/conversions"


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def reason(self) -> str:
        """The named reason of a problem document: its own, else that of its first error."""
        said = json.loads(self.body)
        return str(said.get("code") or said["errors"][0]["code"])


def send(edge: Edge, data: bytes) -> Answer:
    """Send bytes as they are and read the whole answer."""
    with socket.create_connection(("127.0.0.1", edge.port), timeout=10) as connection:
        got = bytearray()
        with contextlib.suppress(OSError):  # it may answer and close before it was told everything
            connection.sendall(data)
        with contextlib.suppress(ConnectionResetError):
            while not _is_whole(got) and (piece := connection.recv(65536)):
                got += piece
    head, _, body = bytes(got).partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    return Answer(int(lines[0].split()[1]), headers, body)


def _is_whole(got: bytearray) -> bool:
    head, end, body = bytes(got).partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    return bool(end) and length is not None and len(body) >= int(length[1])


def get(target: bytes, headers: bytes = b"") -> bytes:
    agent = BROWSER.encode()
    return (
        b"GET " + target + b" HTTP/1.1\r\nhost: x\r\naccept: */*\r\nuser-agent: " + agent + b"\r\n" + headers + b"\r\n"
    )


def post(body: bytes, target: bytes = CONVERSIONS, headers: bytes = b"", kind: bytes = b"application/json") -> bytes:
    length = str(len(body)).encode()
    return _head(target, b"content-type: " + kind + b"\r\ncontent-length: " + length + b"\r\n" + headers) + body


def _head(target: bytes, headers: bytes) -> bytes:
    return (
        b"POST "
        + target
        + b" HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
        + KEY.encode()
        + b"\r\n"
        + headers
        + b"\r\n"
    )


class Stored:
    """How much the journal holds."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self._before = self._now()

    def _now(self) -> tuple[int, int]:
        return len(self._edge.clicks()), len(self._edge.fact_envelopes())

    def is_unchanged(self) -> bool:
        return self._now() == self._before


LINKS: list[tuple[str, bytes, set[int]]] = [
    ("a query of 64 kB", get(b"/spring?" + b"a" * 65_536), {414}),
    ("a query of 60 kB", get(b"/spring?sub1=" + b"a" * 60_000), {414}),
    ("many small parameters", get(b"/spring?" + b"a=1&" * 15_000), {414}),
    ("a long query on the named form", get(b"/c/spring?x=" + b"%41" * 4_000), {414}),
    ("a slug of 5,000 letters", get(b"/" + b"a" * 5_000), {404}),
    ("broken percent signs", get(b"/%zz%"), {404}),
    ("an encoded NUL", get(b"/spring%00"), {404}),
    ("a bare NUL", get(b"/spr\x00ing"), {400}),
    ("an encoded line break", get(b"/spring%0d%0aset-cookie:%20a=b"), {404}),
    ("letters that are not ASCII", get("/frühling".encode()), {404}),
    ("bytes that are no UTF-8", get(b"/%ff%fe%fd"), {404}),
    ("a truncated UTF-8 letter", get(b"/%e2%82"), {404}),
    ("turned letters", get("/spring\u202egnirps".encode()), {404}),
    ("a blank", get(b"/spr ing"), {400}),
    ("no slug", get(b"/c/"), {404}),
    ("a path behind the named form", get(b"/c/../etc/passwd"), {404}),
    ("a header of 300 kB", get(b"/spring", b"x-a: " + b"a" * 300_000 + b"\r\n"), {431}),
    ("a cookie of 150 kB", get(b"/spring", b"cookie: hz_visitor=" + b"A" * 150_000 + b"\r\n"), {431}),
    ("three hundred headers", get(b"/spring", b"".join(b"x-%d: a\r\n" % n for n in range(300))), {431}),
    ("a header without a colon", get(b"/spring", b"no colon here\r\n"), {400}),
    ("a NUL in a header", get(b"/spring", b"x-a: a\x00b\r\n"), {400}),
    ("a method nobody knows", b"BREW /spring HTTP/1.1\r\nhost: x\r\n\r\n", {405}),
    ("a form sent to a link", post(b"{}", b"/spring"), {405}),
    ("the beginning of TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", {400}),
    ("no version", b"GET /spring\r\n\r\n", {400}),
    ("two lengths", b"GET /spring HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", {400}),
]


@pytest.mark.parametrize(("data", "statuses"), [case[1:] for case in LINKS], ids=[case[0] for case in LINKS])
def test_a_malformed_request_on_a_link_is_refused_and_leaves_nothing(
    edge: Edge, data: bytes, statuses: set[int]
) -> None:
    stored = Stored(edge)
    answer = send(edge, data)
    assert answer.status in statuses
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert stored.is_unchanged()
    assert httpx.get(f"{edge.url}/healthz").json()["ok"] is True


CHUNKED = b"transfer-encoding: chunked\r\n"
BODIES: list[tuple[str, bytes, int, str]] = [
    ("nothing", post(b""), 400, "bad_json"),
    ("half an object", post(b'{"goal":"sale"'), 400, "bad_json"),
    ("a hundred thousand lists in each other", post(b"[" * 100_000), 400, "too_deep"),
    ("fifty thousand objects in each other", post(b'{"a":' * 50_000 + b"1" + b"}" * 50_000), 400, "too_deep"),
    ("not a number", post(b'{"amount":NaN}'), 400, "bad_json"),
    ("infinity", post(b'{"amount":-Infinity}'), 400, "bad_json"),
    ("a number of 5,000 digits", post(ORDER.replace(b":1,", b":" + b"9" * 5_000 + b",")), 400, "bad_json"),
    ("a number of 30 digits", post(ORDER.replace(b":1,", b":" + b"9" * 30 + b",")), 422, "out_of_range"),
    ("a number beyond all powers", post(ORDER.replace(b":1,", b":1e999,")), 422, "wrong_type"),
    ("two amounts", post(ORDER.replace(b":1,", b":1,\"amount\":2,")), 400, "duplicate_key"),
    ("two amounts in a list", post(b"[" + ORDER.replace(b":1,", b":1,\"amount\":2,") + b"]"), 400, "duplicate_key"),
    ("two names inside of metadata", post(ORDER[:-1] + b',"metadata":{"a":"1","a":"2"}}'), 400, "duplicate_key"),
    ("a byte that is no UTF-8", post(ORDER.replace(b'"x"', b'"\xff"')), 400, "not_utf8"),
    ("a truncated letter", post(b'{"external_id":"\xe2\x82'), 400, "not_utf8"),
    ("UTF-16", post(ORDER.decode().encode("utf-16")), 400, "not_utf8"),
    ("XML", post(b"<order/>", kind=b"text/xml"), 415, "not_json"),
    ("a multipart form", post(ORDER, kind=b"multipart/form-data; boundary=x"), 415, "not_json"),
    ("bytes of any kind", post(ORDER, kind=b"application/octet-stream"), 415, "not_json"),
    ("a form", post(b"goal=sale&amount=1", kind=b"application/x-www-form-urlencoded"), 400, "bad_json"),
    ("compressed", post(b"\x1f\x8b", headers=b"content-encoding: gzip\r\n"), 415, "compressed"),
    ("nine megabytes announced", _head(CONVERSIONS, b"content-length: 9000000\r\n"), 413, "too_large"),
    ("chunks that are none", _head(CONVERSIONS, CHUNKED) + b"ZZ\r\nhello\r\n", 400, "bad_json"),
    ("a chunk without end", _head(CONVERSIONS, CHUNKED) + b"F" * 17 + b"\r\n", 400, "bad_json"),
    ("no key", post(ORDER).replace(KEY.encode(), b"hz_nope_0000000000000000"), 401, "unauthorized"),
    ("a key of another shape", post(ORDER).replace(KEY.encode(), b"\xff" * 24), 401, "unauthorized"),
    ("a long query", post(ORDER, CONVERSIONS + b"?wait=" + b"1" * 20_000), 414, "address_too_long"),
    ("a refund of nothing", post(b"{}", b"/v1/refunds"), 422, "required"),
    ("a browser without a token", post(ORDER, BROWSER_DOOR), 422, "bad_signature"),
    ("a browser with 70 kB", post(b'{"click":"' + b"a" * 70_000 + b'"}', BROWSER_DOOR), 413, "too_large"),
    ("a browser with two tokens", post(b'{"click":"a","click":"b"}', BROWSER_DOOR), 400, "duplicate_key"),
    ("a browser with depths", post(b'{"click":' + b"[" * 60_000, BROWSER_DOOR), 400, "too_deep"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "status", "reason"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES])
def test_a_hostile_body_gets_a_problem_document_and_leaves_nothing(
    edge: Edge, data: bytes, status: int, reason: str
) -> None:
    stored = Stored(edge)
    answer = send(edge, data)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.reason == reason
    assert json.loads(answer.body)["status"] == status
    assert stored.is_unchanged()


@pytest.mark.parametrize("length", [b"-5", b"1e3", b"99999999999999999999", b"5, 6"])
def test_a_length_that_is_none_is_refused(edge: Edge, length: bytes) -> None:
    stored = Stored(edge)
    assert send(edge, _head(CONVERSIONS, b"content-length: " + length + b"\r\n") + ORDER).status in (400, 413)
    assert stored.is_unchanged()


def test_a_second_request_hidden_in_a_body_is_not_heard(edge: Edge) -> None:
    stored = Stored(edge)
    hidden = post(ORDER)
    both = b"content-length: 5\r\ntransfer-encoding: chunked\r\n"
    assert send(edge, _head(CONVERSIONS, both) + b"0\r\n\r\n" + hidden).status == 400
    with socket.create_connection(("127.0.0.1", edge.port), timeout=10) as connection:
        connection.sendall(_head(CONVERSIONS, b"content-length: 500000\r\n") + ORDER)  # and goes away
    assert httpx.get(f"{edge.url}/healthz").status_code == 200
    assert len(edge.fact_envelopes()) <= stored._before[1] + 1


def test_what_curl_and_beacons_call_their_json_is_taken(edge: Edge) -> None:
    for number, kind in enumerate(
        (b"application/x-www-form-urlencoded", b"text/plain; charset=utf-8", b"application/ld+json")
    ):
        assert send(edge, post(ORDER.replace(b'"x"', b'"kind-%d"' % number), kind=kind)).status == 202


def test_altered_and_foreign_tokens_are_refused_at_the_browsers_door(edge: Edge, client: httpx.Client) -> None:
    token = token_of(client.get("/spring"))
    assert TOKENS.read(token).link_number == 1
    stored = Stored(edge)
    letters = "ABab01-_"
    altered = {token[:at] + letter + token[at + 1 :] for at in range(len(token)) for letter in letters} - {token}
    chosen = [*sorted(altered)[::12], token[:-1], token + "A", token.swapcase(), token[::-1], "", "A" * 27, "💥" * 9]
    wrong = [client.post(BROWSER_DOOR.decode(), json={**json.loads(ORDER), "click": text}) for text in chosen]
    assert {answer.status_code for answer in wrong} <= {422, 429}
    assert wrong[0].json()["errors"][0]["code"] == "bad_signature"
    assert stored.is_unchanged()


def test_hostile_requests_do_not_fill_the_memory(edge: Edge) -> None:
    def resident_bytes() -> float:
        text = httpx.get(f"{edge.url}/metrics").text
        found = re.search(r"^hanse_edge_resident_bytes (\d+)", text, re.MULTILINE)
        assert found is not None
        return float(found[1])

    for number in range(30):  # what is needed anyway is taken first
        send(edge, get(b"/spring", b"x-a: " + str(number).encode() * 9_000 + b"\r\n"))
    before = resident_bytes()
    for number in range(300):
        unique = str(number).encode() + b"-"
        send(edge, get(b"/spring").replace(BROWSER.encode(), unique * 10_000))
        send(edge, get(b"/" + unique * 20))
        send(edge, post(b"[" * 50_000))
        send(edge, get(b"/spring?" + unique * 15_000))
    assert resident_bytes() - before < 40 * 1024 * 1024
