"""The chart of who carries the risk: two deals over growing sales, where they are equal, and where partners stand."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.charts import Chart, Unit
from hanse.faces.common.reader import Reader
from hanse.money.whatif.risk import Risk

Stand = tuple[str, int, int]  # name, sales, what the first deal pays


def risk_chart(
    reader: Reader, currency: str, risk: Risk, first: str, second: str, *, title: str, stands: Sequence[Stand] = (),
) -> Chart:  # fmt: skip
    """Draw both deals; `first` and `second` name them."""
    unit = Unit(currency)
    equal = [fmt.money_whole(minor, currency, reader.language) for minor in risk.equal_at]
    top = risk.points[-1].sales_minor
    data: dict[str, object] = {
        **unit.data(),
        "names": [first, second],
        "axis": _("Sales in a year"),
        "sales": [point.sales_minor for point in risk.points],
        "first": [point.first_minor for point in risk.points],
        "second": [point.second_minor for point in risk.points],
        "equal": [
            {"x": minor, "text": _("equal at %(amount)s") % {"amount": words}}
            for minor, words in zip(risk.equal_at, equal, strict=True)
        ],
        "stands": [{"name": name, "x": sales, "y": pays} for name, sales, pays in stands if sales <= top],
    }
    rows = [
        (
            fmt.money_whole(point.sales_minor, currency, reader.language),
            [unit.cell(point.first_minor, reader), unit.cell(point.second_minor, reader)],
        )
        for point in risk.points[:: max(1, len(risk.points) // 12)]
    ]
    summary = risk_words(reader, currency, risk, first, second)
    return Chart(
        "risk", "risk", title, summary, data, (_("Sales in a year"), first, second), rows,
        (("line", first), ("dash", second)), summary, "m",
    )  # fmt: skip


def risk_words(reader: Reader, currency: str, risk: Risk, first: str, second: str) -> str:
    """Say where both deals are equal, and who carries the risk below and above."""
    if not risk.equal_at:
        last = risk.points[-1]
        amount = fmt.money_whole(last.sales_minor, currency, reader.language)
        if all(point.first_minor == point.second_minor for point in risk.points):
            return _("Both deals pay the same up to sales of %(amount)s a year.") % {"amount": amount}
        if last.first_minor >= last.second_minor:
            words = _("“%(deal)s” pays at least as much all the way up to sales of %(amount)s a year.")
        else:
            words = _("“%(deal)s” pays less all the way up to sales of %(amount)s a year.")
        return words % {"deal": first, "amount": amount}
    amount = fmt.money_whole(risk.equal_at[0], currency, reader.language)
    above, below = (first, second) if _rises(risk) else (second, first)
    return _(
        "Equal at sales of %(amount)s a year. Below, “%(below)s” pays the partner more and the program carries the "
        "risk; above, “%(above)s” pays more with every sale."
    ) % {"amount": amount, "below": below, "above": above}


def _rises(risk: Risk) -> bool:
    last = risk.points[-1]
    return last.first_minor > last.second_minor
