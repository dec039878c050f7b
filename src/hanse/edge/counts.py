"""What the edge counts, and its text form for Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from hanse.edge.validity import REASONS


class Gauge(NamedTuple):
    """A number that goes up and down. Gauges of one name stand together; a `value` of None is not told."""

    name: str
    meaning: str
    value: float | None
    labels: tuple[tuple[str, str], ...] = ()


class Counts:
    """Counters by reason. Counting is one dictionary step; nothing here waits."""

    def __init__(self) -> None:
        self.clicks: Counter[str] = Counter(dict.fromkeys(("", *REASONS), 0))  # by reason, "" is valid
        self.unrecorded = 0
        self.unknown_links = 0
        self.subs_dropped = 0
        self.facts: Counter[tuple[str, str]] = Counter()  # (kind, outcome)
        self.passed_on: Counter[str] = Counter()  # by outcome

    def lines(self, gauges: Iterable[Gauge]) -> str:
        """Return everything in Prometheus' text format."""
        text: list[str] = []
        _family(
            text, "hanse_clicks_total", "Requests on links by reason; valid clicks have the reason valid.", "counter"
        )
        text += [_sample("hanse_clicks_total", n, reason=name or "valid") for name, n in sorted(self.clicks.items())]
        _family(
            text,
            "hanse_clicks_unrecorded_total",
            "Redirects without token: the journal could not take them.",
            "counter",
        )
        text.append(f"hanse_clicks_unrecorded_total {self.unrecorded}")
        _family(text, "hanse_links_unknown_total", "Requests for links that do not exist.", "counter")
        text.append(f"hanse_links_unknown_total {self.unknown_links}")
        _family(text, "hanse_subs_dropped_total", "Sub-parameters beyond the limits, left out by name.", "counter")
        text.append(f"hanse_subs_dropped_total {self.subs_dropped}")
        _family(text, "hanse_facts_total", "Facts at the doors by kind and outcome.", "counter")
        for (kind, outcome), number in sorted(self.facts.items()):
            text.append(_sample("hanse_facts_total", number, kind=kind, outcome=outcome))
        _family(text, "hanse_passed_on_total", "Requests passed on to the web role by outcome.", "counter")
        text += [_sample("hanse_passed_on_total", n, outcome=name) for name, n in sorted(self.passed_on.items())]
        told = ""
        for gauge in gauges:
            if gauge.value is None:
                continue
            if gauge.name != told:
                _family(text, told := gauge.name, gauge.meaning, "gauge")
            text.append(_sample(gauge.name, gauge.value, **dict(gauge.labels)))
        return "\n".join(text) + "\n"


def _sample(name: str, value: float, **labels: str) -> str:
    """Write one sample; whole numbers in full, since rounding would hide that a counter moves."""
    told = f"{value:.0f}" if float(value).is_integer() else f"{value:.6f}"
    if not labels:
        return f"{name} {told}"
    pairs = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{pairs}}} {told}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _family(text: list[str], name: str, meaning: str, kind: str) -> None:
    text += [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
