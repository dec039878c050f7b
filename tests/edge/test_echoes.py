"""What other edges recorded is heard from the journal: their valid clicks, and nothing of our own."""

from __future__ import annotations

from datetime import UTC, datetime

from hanse.edge.echoes import Echoes
from hanse.edge.mint import Mint
from hanse.kernel.facts import ClickFact, click_line, join_clicks
from hanse.kernel.tokens import EPOCH_SECONDS, ClickTokens

TOKENS = ClickTokens(b"k" * 32)
AT_MS = (EPOCH_SECONDS + 5_000) * 1000
AT = datetime.fromtimestamp(AT_MS / 1000, UTC)
Told = tuple[int, str, str, int, str]


def recorded(edge: int, reason: str = "", visitor: str = "v" * 20) -> tuple[bytes, str]:
    token = Mint(TOKENS, edge, 0).token(7, AT_MS)
    click = ClickFact(token.core_hex, 7, AT, visitor=visitor, ip_hash="i" * 16, reason=reason)
    return join_clicks([click_line(click)]), token.text


def heard(*records: bytes) -> list[Told]:
    told: list[Told] = []
    echoes = Echoes(TOKENS, Mint(TOKENS, 2, 0), lambda *one: told.append(one))
    for record in records:
        echoes.hear(record)
    return told


def test_a_valid_click_of_another_edge_is_told_with_the_very_token_that_it_gave() -> None:
    record, text = recorded(edge=1)
    assert heard(record) == [(7, "v" * 20, "i" * 16, AT_MS, text)]


def test_our_own_clicks_and_what_is_no_click_are_passed_over() -> None:
    assert heard(recorded(edge=2)[0], recorded(edge=1, reason="bot_declared")[0]) == []


def test_records_that_cannot_be_read_harm_nobody() -> None:
    record, text = recorded(edge=1)
    assert heard(b"", b"F{}", b"C", b"C\xff\xfe", b"Cnot\x1fa\x1fclick", record) == [
        (7, "v" * 20, "i" * 16, AT_MS, text)
    ]
