"""Small drawings made on the server: icons, sparklines, meters, tier glyphs. All return safe SVG without styles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_BARS = ((0, 8, 4), (5, 4, 8), (10, 0, 12))
_TIER_BARS = {"power": 3, "growth": 2, "casual": 1}


@lru_cache(maxsize=1)
def _paths() -> dict[str, str]:
    text = (Path(__file__).parent / "icons.json").read_text(encoding="utf-8")
    paths: dict[str, str] = json.loads(text)
    return paths


@lru_cache(maxsize=512)
def icon(name: str, extra: str = "") -> SafeString:
    """Draw a Tabler icon by name. Raises KeyError for one that `scripts/vendor.py` does not list."""
    return mark_safe(  # noqa: S308  # our own file, no input
        f'<svg class="icon{" " + extra if extra else ""}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{_paths()[name]}</svg>'
    )


def tier_glyph(position: int | None, key: str = "") -> SafeString:
    """Draw a tier as three bars: all on for the highest; `key` decides for the default tiers, else the position."""
    lit = _TIER_BARS.get(key, 0 if position is None or key in ("new", "inactive") else max(0, 3 - position))
    bars = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="3.4" height="{}" rx="1"/>',
        (("tg-on" if i < lit else "tg-off", x, y, height) for i, (x, y, height) in enumerate(_BARS)),
    )
    return format_html('<svg viewBox="0 0 14 12" aria-hidden="true">{}</svg>', bars)


def spark(values: Sequence[int]) -> SafeString:
    """Draw a sparkline from zero, 96 × 24; it is stone when the last quarter lies under half of what was before."""
    if not values:
        return SafeString("")
    top = max(max(values), 1)
    step = 96 / max(1, len(values) - 1)
    points = [(round(i * step, 1), round(23 - 22 * max(value, 0) / top, 1)) for i, value in enumerate(values)]
    path = "M" + "L".join(f"{x} {y}" for x, y in points)
    x, y = points[-1]
    return format_html(
        '<svg class="spark{}" viewBox="0 0 96 24" aria-hidden="true"><path d="{}"/>'
        '<circle class="end" cx="{}" cy="{}" r="2.2"/></svg>',
        " down" if _falls(values) else "",
        path,
        x,
        y,
    )


def _falls(values: Sequence[int]) -> bool:
    cut = len(values) * 3 // 4
    earlier, late = values[:cut], values[cut:]
    return not any(values) or sum(late) * len(earlier) * 2 < sum(earlier) * len(late)


def meter(parts: Sequence[tuple[str, int]], whole: int, *, large: bool = False) -> SafeString:
    """Draw shares of a whole beside each other; each part is a fill class (`c1`, `sea`, `power` …) and its size."""
    rects, left = [], 0.0
    for fill, size in parts:
        width = 200 * max(size, 0) / whole if whole > 0 else 0.0
        if width:
            rects.append((fill, round(left, 2), round(max(width - (0.8 if len(parts) > 1 else 0), 0.4), 2)))
        left += width
    return format_html(
        '<svg class="meter{}" viewBox="0 0 200 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>',
        " l" if large else "",
        format_html_join("", '<rect class="fill-{}" x="{}" width="{}" height="10"/>', rects),
    )


def initials(name: str) -> str:
    """Return up to two letters for an avatar: "Agnieszka Wróbel" → AW, "怡君的禮物日記" → 怡."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    first, last = words[0][0], words[-1][0] if len(words) > 1 else ""
    return (first if ord(first) > 0x2E80 else first + last).upper()
