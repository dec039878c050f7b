"""Click tokens: what was minted reads back; nothing else does."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.kernel.tokens import EPOCH, MAX_LINK_NUMBER, BadToken, ClickTokens

TOKENS = ClickTokens(b"k" * 32)
OTHERS = ClickTokens(b"o" * 32)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
TIMES = st.datetimes(datetime(2021, 11, 1), datetime(2055, 1, 1), timezones=st.just(UTC))
CLICKS = st.tuples(st.integers(0, MAX_LINK_NUMBER), TIMES, st.integers(0, 15), st.integers(0, 16_383))


@given(CLICKS)
def test_what_was_minted_reads_back(click: tuple[int, datetime, int, int]) -> None:
    token = TOKENS.mint(*click)
    assert len(token.text) == 27
    assert len(token.core_hex) == 24
    core = TOKENS.read(token.text)
    assert (core.link_number, core.at, core.edge, core.sequence) == (
        click[0],
        click[1].replace(microsecond=0),
        *click[2:],
    )
    assert core == TOKENS.read_core(token.core)
    assert core.core_hex == token.core_hex


@given(CLICKS, st.integers(0, 26), st.sampled_from(ALPHABET))
def test_no_changed_character_is_accepted(click: tuple[int, datetime, int, int], at: int, character: str) -> None:
    text = TOKENS.mint(*click).text
    changed = text[:at] + character + text[at + 1 :]
    if changed != text:
        with pytest.raises(BadToken):
            TOKENS.read(changed)


@given(st.text(max_size=40))
def test_no_text_is_a_token_by_chance(text: str) -> None:
    with pytest.raises(BadToken):
        TOKENS.read(text)


@given(st.binary(min_size=20, max_size=20))
def test_no_random_bytes_are_a_token(raw: bytes) -> None:
    with pytest.raises(BadToken):
        TOKENS.read(urlsafe_b64encode(raw)[:27].decode())


@given(CLICKS)
def test_another_installations_token_is_refused(click: tuple[int, datetime, int, int]) -> None:
    with pytest.raises(BadToken):
        OTHERS.read(TOKENS.mint(*click).text)


def test_a_core_with_anothers_signature_is_refused() -> None:
    one, two = (TOKENS.mint(number, EPOCH, 0, 0) for number in (1, 2))
    with pytest.raises(BadToken):
        TOKENS.read(one.text[:16] + two.text[16:])


def test_the_padding_bits_are_no_second_spelling() -> None:
    text = TOKENS.mint(1, EPOCH, 0, 0).text
    same_bytes = [text[:-1] + character for character in ALPHABET if character != text[-1]]
    for spelling in same_bytes:
        with pytest.raises(BadToken):
            TOKENS.read(spelling)


def test_neighbouring_clicks_have_nothing_in_common_to_count_by() -> None:
    cores = [TOKENS.mint(7, EPOCH + timedelta(seconds=1), 0, sequence).core for sequence in range(2_000)]
    assert len(set(cores)) == 2_000
    shared = [sum(left[at] == right[at] for left, right in pairwise(cores)) for at in range(12)]
    assert max(shared) < 40  # chance alone: 2,000 / 256 ≈ 8 for each byte


@pytest.mark.parametrize(
    ("link", "at", "edge", "sequence"),
    [
        (1 << 24, EPOCH, 0, 0),
        (-1, EPOCH, 0, 0),
        (1, EPOCH, 16, 0),
        (1, EPOCH, 0, 1 << 14),
        (1, EPOCH - timedelta(days=2000), 0, 0),
    ],
)
def test_what_does_not_fit_is_refused(link: int, at: datetime, edge: int, sequence: int) -> None:
    with pytest.raises(ValueError):
        TOKENS.mint(link, at, edge, sequence)
