"""The click token: signed, unguessable, and readable without any table: link, second, edge and sequence.

Core (96 bits) = tag (24) ‖ (seconds since 2026 (30) | edge (4) | sequence (14) | link (24)) XOR mask(tag). The tag is
a keyed BLAKE2s over the plain 72 bits, the mask a keyed BLAKE2s over the tag (a synthetic-IV cipher: equal input
gives an equal core). Four forms carry one core, told apart by their length:

    27 base64url   core and 64 bits of authentication: what our own links bear
    30 hex         core and 24 bits
    36 UUIDv8      core and 26 bits around the version and variant bits (in capitals too)
    24 hex         the core alone: only its tag's 24 bits, so it is read only where somebody asked for it
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode
from binascii import b2a_base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import blake2s
from typing import NamedTuple
from uuid import UUID

from hanse.kernel.errors import HanseError

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
EPOCH_SECONDS = int(EPOCH.timestamp())
TEXT_LENGTH, HEX_LENGTH, UUID_LENGTH, BARE_LENGTH = 27, 30, 36, 24
OWN_FORM = "text"  # of the names of forms: text, hex, uuid, bare
MAX_LINK_NUMBER = (1 << 24) - 1
MAX_EDGE = (1 << 4) - 1
SEQUENCES_PER_SECOND = 1 << 14

_SECONDS = 1 << 30
_BEFORE_EPOCH = 1 << 27  # the top eighth stands for the 4¼ years before 2026, so that history can be replayed
_CORE_LENGTH, _TAG_LENGTH, _PLAIN_LENGTH, _MAC_LENGTH = 12, 3, 9, 8


_HEX_MAC_LENGTH, _UUID_MAC_BITS = 3, 26
_UUID_VERSION, _UUID_VARIANT = 8, 2

_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_HEX = re.compile("(?:[0-9a-f]{2})+")
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


_token = partial(tuple.__new__, Token)  # half the cost of calling Token, and each click mints one


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
        parts = (b"tag", b"mask", b"mac", b"hex", b"uuid")
        tag, mask, mac, hex_mac, uuid_mac = (blake2s(b"hanse token " + part, key=key[:32]).digest() for part in parts)
        self._tag = blake2s(key=tag, digest_size=_TAG_LENGTH)
        self._mask = blake2s(key=mask, digest_size=_PLAIN_LENGTH)
        self._mac = blake2s(key=mac, digest_size=_MAC_LENGTH)
        self._hex_mac = blake2s(key=hex_mac, digest_size=_HEX_MAC_LENGTH)
        self._uuid_mac = blake2s(key=uuid_mac, digest_size=4)

    def mint(self, link_number: int, at: datetime, edge: int, sequence: int) -> Token:
        """Sign one click. Raises ValueError when a part does not fit its bits (times: late 2021 to the end of 2055)."""
        return self.mint_second(link_number, int(at.timestamp()) - EPOCH_SECONDS, edge, sequence)

    def mint_second(self, link_number: int, second: int, edge: int, sequence: int) -> Token:
        """Do as `mint` does, the time given in whole seconds since 2026 (the click path counts in these)."""
        fits = 0 <= link_number <= MAX_LINK_NUMBER and 0 <= edge <= MAX_EDGE and 0 <= sequence < SEQUENCES_PER_SECOND
        if not fits or not -_BEFORE_EPOCH <= second < _SECONDS - _BEFORE_EPOCH:
            raise ValueError("link, time, edge or sequence is outside what a click token can carry")
        plain = (((second & (_SECONDS - 1)) << 4 | edge) << 14 | sequence) << 24 | link_number
        tag = _signed(self._tag, plain.to_bytes(_PLAIN_LENGTH, "big"))
        core = tag + (plain ^ self._mask_of(tag)).to_bytes(_PLAIN_LENGTH, "big")
        return _token((core, _text(core + _signed(self._mac, core))))

    def in_form(self, text: str, form: str) -> str:
        """Return a token of 27 characters in another form: text, hex, uuid or bare."""
        if form == OWN_FORM:
            return text
        core = urlsafe_b64decode(text[: _CORE_LENGTH * 4 // 3])
        return {"hex": self.as_hex, "uuid": self.as_uuid}.get(form, bytes.hex)(core)

    def as_hex(self, core: bytes) -> str:
        """Return the 30 hexadecimal characters that stand for a core."""
        return (core + _signed(self._hex_mac, core)).hex()

    def as_uuid(self, core: bytes) -> str:
        """Return the UUID (version 8) that stands for a core."""
        mac = int.from_bytes(_signed(self._uuid_mac, core), "big") >> 32 - _UUID_MAC_BITS
        bits = int.from_bytes(core, "big") << _UUID_MAC_BITS | mac
        high, middle, low = bits >> 74, bits >> 62 & 0xFFF, bits & (1 << 62) - 1
        return str(UUID(int=high << 80 | _UUID_VERSION << 76 | middle << 64 | _UUID_VARIANT << 62 | low))

    def read(self, text: str, *, bare: bool = False) -> ClickCore:
        """Return what a token says in any of its forms; `bare`: the core alone is taken too.

        Raises BadToken unless every character is as it was minted.
        """
        if len(text) == TEXT_LENGTH:
            return self._read_text(text)
        if len(text) == UUID_LENGTH:
            return self._read_uuid(text)
        if len(text) == HEX_LENGTH or (bare and len(text) == BARE_LENGTH):
            return self._read_hex(text)
        raise BadToken("A click token has 27 characters, or the form of a UUID or of 30 hexadecimal characters.")

    def _read_hex(self, text: str) -> ClickCore:
        signed = _hex_bytes(text)
        core = signed[:_CORE_LENGTH]
        if len(text) == HEX_LENGTH and not hmac.compare_digest(signed[_CORE_LENGTH:], _signed(self._hex_mac, core)):
            raise BadToken("The click token's signature does not hold.")
        return self.read_core(core)

    def _read_uuid(self, text: str) -> ClickCore:
        text = text.lower() if text.isupper() else text
        if not _UUID.fullmatch(text):
            raise BadToken("A click token of this length has the form of a UUID of version 8.")
        value = int(text.replace("-", ""), 16)
        high, middle, low = value >> 80, value >> 64 & 0xFFF, value & (1 << 62) - 1
        core = ((high << 74 | middle << 62 | low) >> _UUID_MAC_BITS).to_bytes(_CORE_LENGTH, "big")
        if not hmac.compare_digest(self.as_uuid(core).encode(), text.encode()):
            raise BadToken("The click token's signature does not hold.")
        return self.read_core(core)

    def _read_text(self, text: str) -> ClickCore:
        if not text.isascii():
            raise BadToken("A click token is base64url text.")
        try:
            signed = urlsafe_b64decode(text + "=")
        except ValueError:
            raise BadToken("A click token is base64url text.") from None
        core = signed[:_CORE_LENGTH]
        if _text(signed) != text or not hmac.compare_digest(signed[_CORE_LENGTH:], _signed(self._mac, core)):
            raise BadToken("The click token's signature does not hold.")
        return self.read_core(core)

    def text_of(self, core: bytes) -> str:
        """Return the text form of a core that we minted."""
        return _text(core + _signed(self._mac, core))

    def read_core(self, core: bytes) -> ClickCore:
        """Open a bare core (24 tag bits only: for ids we stored ourselves). Raises BadToken when the tag is wrong."""
        if len(core) != _CORE_LENGTH:
            raise BadToken("A click id has 24 hexadecimal characters.")
        tag = core[:_TAG_LENGTH]
        plain = int.from_bytes(core[_TAG_LENGTH:], "big") ^ self._mask_of(tag)
        if not hmac.compare_digest(_signed(self._tag, plain.to_bytes(_PLAIN_LENGTH, "big")), tag):
            raise BadToken("The click id's tag does not hold.")
        second = plain >> 42
        second -= _SECONDS if second >= _SECONDS - _BEFORE_EPOCH else 0
        return ClickCore(
            core.hex(), plain & MAX_LINK_NUMBER, EPOCH + timedelta(seconds=second),
            plain >> 38 & MAX_EDGE, plain >> 24 & (SEQUENCES_PER_SECOND - 1),
        )  # fmt: skip

    def _mask_of(self, tag: bytes) -> int:
        return int.from_bytes(_signed(self._mask, tag), "big")


def _signed(mac: blake2s, core: bytes) -> bytes:
    signing = mac.copy()
    signing.update(core)
    return signing.digest()


def _hex_bytes(text: str) -> bytes:
    if not _HEX.fullmatch(text):
        raise BadToken("A click token of this length has small hexadecimal digits only.")
    return bytes.fromhex(text)


def _text(signed: bytes) -> str:
    return b2a_base64(signed, newline=False).translate(_URL_SAFE)[:TEXT_LENGTH].decode("ascii")
