"""The edge's measurement in short: bars are held on quiet machines; here it must work and tell the truth."""

from __future__ import annotations

import pytest
from bench import edge


@pytest.mark.slow
def test_the_measurement_says_what_it_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge.shutil, "which", lambda *_names, **_more: None)
    told = edge.run(seconds=1.5, links=2_000)
    assert told.keys() >= {
        "rate_per_s",
        "nginx_per_s",
        "ratio",
        "p50_ms",
        "p99_ms",
        "cpu_s_per_1000",
        "fdatasync_p50_ms",
    }
    assert told["nginx_per_s"] is told["ratio"] is None
    assert told["rate_per_s"] == 500
    assert 0 < told["p50_ms"] <= told["p99_ms"]
