"""Every form of a click token stands for the same click; no other text stands for any."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hanse.kernel.tokens import EPOCH, MAX_LINK_NUMBER, BadToken, ClickTokens, Token

TOKENS = ClickTokens(b"k" * 32)
OTHERS = ClickTokens(b"o" * 32)
TIMES = st.datetimes(datetime(2021, 11, 1), datetime(2055, 1, 1), timezones=st.just(UTC))
MINTED = st.builds(TOKENS.mint, st.integers(0, MAX_LINK_NUMBER), TIMES, st.integers(0, 15), st.integers(0, 16_383))


def forms(token: Token) -> list[str]:
    return [token.text, TOKENS.as_hex(token.core), TOKENS.as_uuid(token.core), token.core_hex]


@given(MINTED)
def test_all_forms_say_the_same(token: Token) -> None:
    texts = forms(token)
    assert [len(text) for text in texts] == [27, 30, 36, 24]
    assert len({TOKENS.read(text, bare=True) for text in texts}) == 1
    assert TOKENS.read(texts[0]).core_hex == token.core_hex
    assert TOKENS.read(texts[2].upper()) == TOKENS.read(texts[0])


@given(MINTED)
def test_the_uuid_is_one_of_version_eight(token: Token) -> None:
    made = UUID(TOKENS.as_uuid(token.core))
    assert (made.version, made.variant) == (8, "specified in RFC 4122")


@given(MINTED)
def test_the_bare_id_is_read_only_where_it_was_asked_for(token: Token) -> None:
    with pytest.raises(BadToken):
        TOKENS.read(token.core_hex)


@given(MINTED, st.integers(0, 119))
def test_no_flipped_bit_of_the_hexadecimal_form_is_accepted(token: Token, bit: int) -> None:
    changed = f"{int(TOKENS.as_hex(token.core), 16) ^ 1 << bit:030x}"
    with pytest.raises(BadToken):
        TOKENS.read(changed, bare=True)


@given(MINTED, st.integers(0, 127))
def test_no_flipped_bit_of_the_uuid_is_accepted(token: Token, bit: int) -> None:
    changed = str(UUID(int=UUID(TOKENS.as_uuid(token.core)).int ^ 1 << bit))
    with pytest.raises(BadToken):
        TOKENS.read(changed, bare=True)


@given(MINTED, st.integers(0, 95))
def test_no_flipped_bit_of_the_bare_id_is_accepted(token: Token, bit: int) -> None:
    changed = f"{int(token.core_hex, 16) ^ 1 << bit:024x}"
    with pytest.raises(BadToken):
        TOKENS.read(changed, bare=True)


@given(MINTED, st.integers(0, 215))
def test_no_flipped_bit_of_the_text_is_accepted(token: Token, bit: int) -> None:
    raw = bytearray(token.text.encode())
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadToken):
        TOKENS.read(raw.decode("latin-1"), bare=True)


@given(MINTED)
def test_another_installations_forms_are_refused(token: Token) -> None:
    for text in forms(token):
        with pytest.raises(BadToken):
            OTHERS.read(text, bare=True)


@given(st.sampled_from([24, 27, 30, 36]).flatmap(lambda n: st.text("0123456789abcdef-", min_size=n, max_size=n)))
def test_no_text_of_the_right_length_is_a_token_by_chance(text: str) -> None:
    with pytest.raises(BadToken):
        TOKENS.read(text, bare=True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: f" {text[1:]}", lambda text: f"{text[:-1]}\n", lambda text: text.replace("-", "_"),
        lambda text: f"{{{text[:-2]}}}", lambda text: text.replace("-", "", 1) + "-", lambda text: "é" + text[1:],
        lambda text: text[:-1] + "\u0661", lambda text: f"+{text[1:]}", lambda text: f"0x{text[2:]}",
    ],
)  # fmt: skip
def test_other_spellings_of_a_form_are_refused(spoil: object) -> None:
    assert callable(spoil)
    token = TOKENS.mint(1234, EPOCH, 3, 77)
    for text in forms(token):
        changed = spoil(text)
        if changed != text:
            with pytest.raises(BadToken):
                TOKENS.read(changed, bare=True)


def test_the_short_signatures_are_no_part_of_the_long_one() -> None:
    token = TOKENS.mint(1, EPOCH, 0, 0)
    assert TOKENS.as_hex(token.core)[24:] not in token.text
    other = TOKENS.mint(2, EPOCH, 0, 0)
    with pytest.raises(BadToken):
        TOKENS.read(TOKENS.as_hex(token.core)[:24] + TOKENS.as_hex(other.core)[24:])
