"""What the edge counts, and its text form for Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


class Counts:
    """Counters by reason. Counting is one dictionary step; nothing here waits."""

    def __init__(self) -> None:
        self.clicks: Counter[str] = Counter()  # by reason, "" is valid
        self.unrecorded = 0
        self.unknown_links = 0
        self.subs_dropped = 0
        self.facts: Counter[tuple[str, str]] = Counter()  # (kind, outcome)
        self.passed_on: Counter[str] = Counter()  # by outcome

    def lines(self, gauges: Iterable[tuple[str, str, float]]) -> str:
        """Return everything in Prometheus' text format; `gauges` are (name, help, value)."""
        text: list[str] = []
        _family(
            text, "hanse_clicks_total", "Requests on links by reason; valid clicks have the reason valid.", "counter"
        )
        text += [f'hanse_clicks_total{{reason="{reason or "valid"}"}} {n}' for reason, n in sorted(self.clicks.items())]
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
            text.append(f'hanse_facts_total{{kind="{kind}",outcome="{outcome}"}} {number}')
        _family(text, "hanse_passed_on_total", "Requests passed on to the web role by outcome.", "counter")
        text += [f'hanse_passed_on_total{{outcome="{outcome}"}} {n}' for outcome, n in sorted(self.passed_on.items())]
        for name, meaning, value in gauges:
            _family(text, name, meaning, "gauge")
            text.append(f"{name} {value:g}")
        return "\n".join(text) + "\n"


def _family(text: list[str], name: str, meaning: str, kind: str) -> None:
    text += [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
