"""The click token: signed, unguessable, and readable without any table: link, second, edge and sequence.

Core (96 bits) = tag (24) ‖ (seconds since 2026 (30) | edge (4) | sequence (14) | link (24)) XOR mask(tag). The tag is
a keyed BLAKE2s over the plain 72 bits, the mask a keyed BLAKE2s over the tag (a synthetic-IV cipher: equal input
gives an equal core). The text form adds 64 bits of authentication and is base64url: 27 characters.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode
from binascii import b2a_base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2s
from typing import NamedTuple

from hanse.kernel.errors import HanseError

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
EPOCH_SECONDS = int(EPOCH.timestamp())
TEXT_LENGTH = 27
MAX_LINK_NUMBER = (1 << 24) - 1
MAX_EDGE = (1 << 4) - 1
SEQUENCES_PER_SECOND = 1 << 14

_SECONDS = 1 << 30
_BEFORE_EPOCH = 1 << 27  # the top eighth stands for the 4¼ years before 2026, so that history can be replayed
_CORE_LENGTH, _TAG_LENGTH, _PLAIN_LENGTH, _MAC_LENGTH = 12, 3, 9, 8


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class BadToken(HanseError):
    """The text is no token of ours: wrong form, altered, or signed with another key."""


class Token(NamedTuple):
    """A freshly minted token: its 96-bit core and the 27 characters that travel in URLs."""

    core: bytes
    text: str

    @property
    def core_hex(self) -> str:
        """The click's id: 24 hexadecimal characters."""
        return self.core.hex()


@dataclass(frozen=True, slots=True)
class ClickCore:
    """What a token says about its click."""

    core_hex: str
    link_number: int
    at: datetime
    edge: int
    sequence: int


class ClickTokens:
    """Mints and reads click tokens under one 32-byte key (`signing.derive(master, "click-token")`)."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:
            raise ValueError("a token key has at least 16 bytes")
        tag, mask, mac = (blake2s(b"hanse token " + part, key=key[:32]).digest() for part in (b"tag", b"mask", b"mac"))
        self._tag = blake2s(key=tag, digest_size=_TAG_LENGTH)
        self._mask = blake2s(key=mask, digest_size=_PLAIN_LENGTH)
        self._mac = blake2s(key=mac, digest_size=_MAC_LENGTH)

    def mint(self, link_number: int, at: datetime, edge: int, sequence: int) -> Token:
        """Sign one click. Raises ValueError when a part does not fit its bits (times: late 2021 to the end of 2055)."""
        return self.mint_second(link_number, int(at.timestamp()) - EPOCH_SECONDS, edge, sequence)

    def mint_second(self, link_number: int, second: int, edge: int, sequence: int) -> Token:
        """Do as `mint` does, the time given in whole seconds since 2026 (the click path counts in these)."""
        fits = 0 <= link_number <= MAX_LINK_NUMBER and 0 <= edge <= MAX_EDGE and 0 <= sequence < SEQUENCES_PER_SECOND
        if not fits or not -_BEFORE_EPOCH <= second < _SECONDS - _BEFORE_EPOCH:
            raise ValueError("link, time, edge or sequence is outside what a click token can carry")
        plain = (((second & (_SECONDS - 1)) << 4 | edge) << 14 | sequence) << 24 | link_number
        tagging = self._tag.copy()
        tagging.update(plain.to_bytes(_PLAIN_LENGTH, "big"))
        tag = tagging.digest()
        core = tag + (plain ^ self._mask_of(tag)).to_bytes(_PLAIN_LENGTH, "big")
        return Token(core, _text(core + self._mac_of(core)))

    def read(self, text: str) -> ClickCore:
        """Return what a token says. Raises BadToken unless every character is as it was minted."""
        if len(text) != TEXT_LENGTH or not text.isascii():
            raise BadToken("A click token has 27 characters.")
        try:
            signed = urlsafe_b64decode(text + "=")
        except ValueError:
            raise BadToken("A click token is base64url text.") from None
        core = signed[:_CORE_LENGTH]
        if _text(signed) != text or not hmac.compare_digest(signed[_CORE_LENGTH:], self._mac_of(core)):
            raise BadToken("The click token's signature does not hold.")
        return self.read_core(core)

    def read_core(self, core: bytes) -> ClickCore:
        """Open a bare core (24 tag bits only: for ids we stored ourselves). Raises BadToken when the tag is wrong."""
        if len(core) != _CORE_LENGTH:
            raise BadToken("A click id has 24 hexadecimal characters.")
        tag = core[:_TAG_LENGTH]
        plain = int.from_bytes(core[_TAG_LENGTH:], "big") ^ self._mask_of(tag)
        tagging = self._tag.copy()
        tagging.update(plain.to_bytes(_PLAIN_LENGTH, "big"))
        if not hmac.compare_digest(tagging.digest(), tag):
            raise BadToken("The click id's tag does not hold.")
        second = plain >> 42
        second -= _SECONDS if second >= _SECONDS - _BEFORE_EPOCH else 0
        return ClickCore(
            core.hex(), plain & MAX_LINK_NUMBER, EPOCH + timedelta(seconds=second),
            plain >> 38 & MAX_EDGE, plain >> 24 & (SEQUENCES_PER_SECOND - 1),
        )  # fmt: skip

    def _mask_of(self, tag: bytes) -> int:
        masking = self._mask.copy()
        masking.update(tag)
        return int.from_bytes(masking.digest(), "big")

    def _mac_of(self, core: bytes) -> bytes:
        signing = self._mac.copy()
        signing.update(core)
        return signing.digest()


def _text(signed: bytes) -> str:
    return b2a_base64(signed, newline=False).translate(_URL_SAFE)[:TEXT_LENGTH].decode("ascii")
