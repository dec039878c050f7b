"""Charts as data: a page says what the figure shows, the template writes it, `charts.js` draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.reader import Reader
from hanse.kernel.money import decimal_text, digits

Mark = Literal["line", "dash", "second", "full", "hollow"]
Size = Literal["s", "m", "", "l", "xl"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A number in the chart's table: as read, and as the CSV writes it."""

    text: str
    raw: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure. `summary` says the finding for those who cannot see it; `rows` are label and cells of the table."""

    kind: Literal["trend", "months", "bars", "risk", "field", "sizes"]
    name: str
    title: str
    summary: str
    data: Mapping[str, object]
    head: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell]]]
    legend: Sequence[tuple[Mark, str]] = ()
    caption: str = ""
    size: Size = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """What the axis counts: minor units of a currency, or things (no currency)."""

    currency: str = ""

    def cell(self, value: int, reader: Reader) -> Cell:
        """One value of the chart for its table."""
        if not self.currency:
            return Cell(fmt.number(value, reader.language), str(value))
        return Cell(fmt.money(value, self.currency, reader.language), decimal_text(value, self.currency))

    def data(self) -> dict[str, object]:
        """What `charts.js` needs to write the axis."""
        return {"currency": self.currency, "digits": digits(self.currency) if self.currency else 0}


@dataclass(frozen=True, slots=True)
class Series:
    """Labels of the points with their values, in minor units or counts."""

    name: str
    labels: Sequence[str]
    values: Sequence[int]


def trend(
    reader: Reader,
    unit: Unit,
    now: Series,
    before: Series,
    *,
    name: str,
    title: str,
    summary: str,
    caption: str = "",
    size: Size = "",
    mark_best: bool = False,
) -> Chart:
    """A line over days with the period before dashed. Series may differ in length; the longer axis is drawn."""
    best = max(range(len(now.values)), key=lambda i: now.values[i], default=0)
    mark = {}
    if mark_best and now.values and now.values[best] > 0:
        peak = now.values[best]
        text = fmt.money_whole(peak, unit.currency, reader.language) if unit.currency else unit.cell(peak, reader).text
        mark = {"mark": {"i": best, "text": f"{now.labels[best]}: {text}"}}
    longest = now if len(now.labels) >= len(before.labels) else before
    rows = [
        (
            now.labels[i] if i < len(now.labels) else before.labels[i],
            [unit.cell(s.values[i], reader) if i < len(s.values) else Cell(fmt.NOTHING, "") for s in (now, before)],
        )
        for i in range(len(longest.labels))
    ]
    data: dict[str, object] = {
        **unit.data(),
        "x": list(longest.labels),
        "px": list(before.labels),
        "now": list(now.values),
        "before": list(before.values),
        "names": [now.name, before.name],
        **mark,
    }
    return Chart(
        "trend",
        name,
        title,
        summary,
        data,
        (_("Day"), now.name, before.name),
        rows,
        (("line", now.name), ("dash", before.name)),
        caption,
        size,
    )


def months(
    reader: Reader,
    unit: Unit,
    full: Series,
    hollow: Series,
    *,
    name: str,
    title: str,
    summary: str,
    caption: str = "",
    size: Size = "s",
) -> Chart:
    """Bars by month in two parts: the full one is settled, the hollow one is still on hold."""
    rows = [
        (label, [unit.cell(full.values[i], reader), unit.cell(hollow.values[i], reader)])
        for i, label in enumerate(full.labels)
    ]
    data: dict[str, object] = {
        **unit.data(),
        "x": list(full.labels),
        "full": list(full.values),
        "hollow": list(hollow.values),
        "names": [full.name, hollow.name],
    }
    return Chart(
        "months",
        name,
        title,
        summary,
        data,
        (_("Month"), full.name, hollow.name),
        rows,
        (("full", full.name), ("hollow", hollow.name)),
        caption,
        size,
    )


def bars(
    reader: Reader,
    unit: Unit,
    series: Series,
    before: Series | None = None,
    *,
    name: str,
    title: str,
    summary: str,
    caption: str = "",
    size: Size = "s",
    axis: str = "",
) -> Chart:
    """Plain bars from zero; beside each the hollow one of the period before, where there is one."""
    every = [series, before] if before is not None else [series]
    rows = [(label, [unit.cell(one.values[i], reader) for one in every]) for i, label in enumerate(series.labels)]
    data: dict[str, object] = {
        **unit.data(),
        "x": list(series.labels),
        "now": list(series.values),
        "names": [one.name for one in every],
    }
    legend: list[tuple[Mark, str]] = []
    if before is not None:
        data["before"] = list(before.values)
        legend = [("full", series.name), ("hollow", before.name)]
    return Chart("bars", name, title, summary, data, (axis, *(one.name for one in every)), rows, legend, caption, size)
