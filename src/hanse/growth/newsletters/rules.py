"""Rules of newsletters: sections become the body of one letter, each read by its tiers alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One section: which tiers read it (none named: everybody), its heading, its text with Liquid."""

    tiers: tuple[str, ...]
    heading: str
    text: str


def body_of(parts: Iterable[Part]) -> str:
    """Write sections as the body of one letter."""
    return "\n\n".join(_block(part) for part in parts) + "\n"


def _block(part: Part) -> str:
    said = f"## {part.heading}\n\n{part.text.strip()}" if part.heading else part.text.strip()
    if not part.tiers:
        return said
    asked = " or ".join(f'tier.key == "{key}"' for key in part.tiers)
    return f"{{% if {asked} %}}\n\n{said}\n\n{{% endif %}}"


def readers_of(parts: Sequence[Part]) -> frozenset[str] | None:
    """Return the tiers that read anything at all; None: everybody does."""
    if any(not part.tiers for part in parts):
        return None
    return frozenset(key for part in parts for key in part.tiers)
