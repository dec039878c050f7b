"""Charts of tiers: the field on a logarithmic line, one dot a partner, and the sizes of the tiers over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.charts import Cell, Chart, Unit
from hanse.faces.common.reader import Reader

_COLOURS = ("t-power", "t-growth", "t-casual", "t-new", "t-inactive")
_OWN = {"power": "t-power", "growth": "t-growth", "casual": "t-casual", "new": "t-new", "inactive": "t-inactive"}
_LANES = (0, 1, -1, 2, -2)
_ACROSS = 45  # so many dots fit beside each other; nearer ones stand on different lanes


@dataclass(frozen=True, slots=True)
class Dot:
    """One partner of the field; `label` where the name is written beside the dot; below it for those under a border."""

    name: str
    rank: int
    tier: str
    value_minor: int
    label: str = ""
    is_below: bool = False


def colour_of(key: str, keys: Sequence[str]) -> str:
    """Return the token of a tier's colour: by its key, else by its place from the top."""
    return _OWN.get(key) or _COLOURS[min(keys.index(key) if key in keys else len(keys), len(_COLOURS) - 1)]


def field_chart(
    reader: Reader, currency: str, dots: Sequence[Dot], borders: Sequence[tuple[str, int]], names: Mapping[str, str],
    title: str, axis: str,
) -> Chart:  # fmt: skip
    """Draw everybody who sold; `borders` are tier and the value at which it begins today, the lowest first."""
    keys, unit = list(names), Unit(currency)
    top = max((dot.value_minor for dot in dots), default=1) * 5 // 4
    low = max(1, min((dot.value_minor for dot in dots), default=1) * 3 // 4)
    points, lanes, close = [], dict[int, float](), (top / low) ** (1 / _ACROSS)
    for dot in sorted(dots, key=lambda one: one.value_minor):
        lane = next((one for one in _LANES if lanes.get(one, 0) * close <= dot.value_minor), 0)
        lanes[lane] = dot.value_minor
        beside = {"l": dot.label, "pos": "bottom" if dot.is_below else "top", "far": 10 * abs(lane)}
        points.append({
            "v": dot.value_minor, "y": lane, "n": dot.name, "k": colour_of(dot.tier, keys),
            "r": _("place %(rank)d") % {"rank": dot.rank}, "t": names.get(dot.tier, dot.tier),
            **(beside if dot.label else {}),
        })  # fmt: skip
    bands = [
        {"name": names.get(key, key), "from": max(low, begins), "to": ends, "o": place / max(1, len(borders))}
        for place, ((key, begins), ends) in enumerate(
            zip(borders, [*(max(low, one) for _key, one in borders[1:]), top], strict=True)
        )
        if ends > max(low, begins)
    ]  # fmt: skip
    sold = [name for name in keys if any(dot.tier == name for dot in dots)]
    spans = {key: [dot.value_minor for dot in dots if dot.tier == key] for key in sold}
    summary = _("%(n)s partners with sales on a logarithmic scale from %(low)s to %(top)s.") % {
        "n": fmt.number(len(dots), reader.language),
        "low": unit.cell(min((dot.value_minor for dot in dots), default=0), reader).text,
        "top": unit.cell(max((dot.value_minor for dot in dots), default=0), reader).text,
    }  # fmt: skip
    rows = [
        (names[key], [Cell(fmt.number(len(own), reader.language), str(len(own))), unit.cell(min(own), reader),
                      unit.cell(max(own), reader)])
        for key, own in spans.items()
    ]  # fmt: skip
    data = {**unit.data(), "points": points, "bands": bands, "from": low, "to": top, "axis": axis}
    return Chart(
        "field", "field", title, summary, data, (_("Tier"), _("Partners"), _("From"), _("To")), rows, size="m"
    )  # fmt: skip


def sizes_chart(
    reader: Reader, labels: Sequence[str], sizes: Sequence[Mapping[str, int]], names: Mapping[str, str], *,
    title: str, summary: str, caption: str = "",
) -> Chart:  # fmt: skip
    """Draw the sizes of the tiers at some dates, the highest on top."""
    keys = [key for key in names if any(one.get(key) for one in sizes)]
    series = [
        {"name": names[key], "key": colour_of(key, list(names)), "data": [one.get(key, 0) for one in sizes]}
        for key in reversed(keys)
    ]
    rows = [
        (label, [Cell(fmt.number(one.get(key, 0), reader.language), str(one.get(key, 0))) for key in keys])
        for label, one in zip(labels, sizes, strict=True)
    ]
    most = max((sum(one.values()) for one in sizes), default=1)
    data = {"x": list(labels), "series": series, "most": most}
    head = (_("Date"), *(names[key] for key in keys))
    return Chart("sizes", "tier-sizes", title, summary, data, head, rows, caption=caption, size="m")
