"""What machines are told: metrics in Prometheus' words, readiness with its reasons, and who may ask."""

from __future__ import annotations

import re
import sqlite3
import time
from pathlib import Path

import httpx
import pytest

from hanse.edge.backlog import Backlogs
from hanse.edge.counts import Counts, Gauge
from hanse.edge.doors import Doors
from hanse.journal.sqlite import SqliteJournal
from tests.edge.door_tables import KEY, DoorTables, usual_tables
from tests.edge.serving import serving

SAMPLE = re.compile(r'[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? -?\d+(\.\d+)?')


def metrics_of(text: str) -> dict[str, float]:
    return {name: float(value) for name, value in re.findall(r"^([^# ]\S*(?:\{.*\})?) (\S+)$", text, re.MULTILINE)}


def test_metrics_tell_clicks_by_reason_facts_by_outcome_and_what_waits(tmp_path: Path) -> None:
    tables = usual_tables(tmp_path)
    for number, status in enumerate(("waiting", "waiting", "conflict", "failed", "resolved")):
        tables.connection.execute("INSERT INTO spine_parkedfact (id, status) VALUES (?, ?)", (str(number), status))
    for number, columns in enumerate(((None, None), (None, "2026"), ("2026", None))):
        tables.connection.execute("INSERT INTO spine_outboxitem VALUES (?, ?, ?)", (str(number), *columns))
    with serving(tmp_path) as edge, edge.client() as browser:
        browser.get("/spring")
        browser.get("/spring", headers={"user-agent": "curl/8.5.0"})
        bearer = {"authorization": f"Bearer {KEY}"}
        assert browser.post("/v1/conversions", content=b"{", headers=bearer).status_code == 400
        time.sleep(1.1)
        text = browser.get("/metrics").text
    told = metrics_of(text)
    assert told['hanse_clicks_total{reason="valid"}'] == told['hanse_clicks_total{reason="bot_declared"}'] == 1
    assert told['hanse_clicks_total{reason="geo_blocked"}'] == 0
    assert told['hanse_facts_total{kind="conversion",outcome="unreadable"}'] == 1
    assert told['hanse_facts_parked{status="waiting"}'] == 2
    assert told['hanse_facts_parked{status="conflict"}'] == 1
    assert told["hanse_facts_set_aside"] == 1
    assert (told["hanse_outbox_waiting"], told["hanse_outbox_failed"]) == (1, 1)
    assert told["hanse_pipeline_lag_records"] == 2
    assert 1 <= told["hanse_pipeline_lag_seconds"] < 30
    assert told["hanse_clicks_unrecorded_total"] == 0


def test_every_line_of_the_metrics_is_a_sample_or_says_what_follows() -> None:
    counts = Counts()
    counts.clicks['a"b\\c\nd'] = 3
    gauges = [
        Gauge("hanse_big", "Large.", 1_234_567_890_123), Gauge("hanse_unknown", "Not told.", None),
        Gauge("hanse_two", "Two.", 1, (("status", "a"),)), Gauge("hanse_two", "Two.", 0.25, (("status", "b"),)),
    ]  # fmt: skip
    text = counts.lines(gauges)
    lines = text.splitlines()
    assert text.endswith("\n")
    assert all(line.startswith(("# HELP ", "# TYPE ")) or SAMPLE.fullmatch(line.replace('\\"', "")) for line in lines)
    assert "hanse_big 1234567890123" in lines
    assert 'hanse_clicks_total{reason="a\\"b\\\\c\\nd"} 3' in lines
    assert "hanse_unknown" not in text
    assert [line for line in lines if "hanse_two" in line] == [
        "# HELP hanse_two Two.", "# TYPE hanse_two gauge", 'hanse_two{status="a"} 1', 'hanse_two{status="b"} 0.250000',
    ]  # fmt: skip
    families = [line.split()[2] for line in lines if line.startswith("# TYPE ")]
    assert len(families) == len(set(families))


def test_readiness_is_red_with_the_reason_while_the_pipeline_is_behind_and_green_again_after(tmp_path: Path) -> None:
    tables = usual_tables(tmp_path)
    with serving(tmp_path, HANSE_READY_LAG_SECONDS="1") as edge, edge.client() as browser:
        assert browser.get("/readyz").json()["pipeline"] is True
        browser.get("/spring")
        time.sleep(2.2)
        late = browser.get("/readyz")
        assert late.status_code == 503
        assert late.json()["pipeline"] is False
        assert late.json()["lag_records"] == 1
        assert any("HANSE_READY_LAG_SECONDS" in reason for reason in late.json()["why"])
        journal_id = str(SqliteJournal(tmp_path / "journal.sqlite3").journal_id)
        tables.connection.execute("INSERT INTO spine_position VALUES ('pipeline', ?, 1, 0)", (journal_id,))
        time.sleep(1.1)
        assert browser.get("/readyz").json()["pipeline"] is True
        assert browser.get("/healthz").json() == {"ok": True, "journal": "ok", "unrecorded": 0}


def test_any_lag_is_allowed_when_the_limit_is_zero(tmp_path: Path) -> None:
    usual_tables(tmp_path)
    with serving(tmp_path, HANSE_READY_LAG_SECONDS="0") as edge, edge.client() as browser:
        browser.get("/spring")
        time.sleep(1.2)
        assert browser.get("/readyz").json()["pipeline"] is True


@pytest.mark.parametrize(
    "header", ["x-forwarded-for", "forwarded", "x-real-ip", "via", "x-forwarded-host", "x-forwarded-proto"]
)
def test_a_proxy_that_nobody_named_is_not_shown_the_metrics(
    client: httpx.Client, header: str
) -> None:  # it stands on a private address and speaks for the whole world
    assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 403
    assert client.get("/metrics").status_code == 200


def test_with_a_token_the_metrics_are_for_who_knows_it(tmp_path: Path) -> None:
    usual_tables(tmp_path)
    with serving(tmp_path, HANSE_METRICS_TOKEN="swordfish") as edge, edge.client() as browser:
        assert browser.get("/metrics").status_code == 401
        assert browser.get("/metrics", headers={"authorization": "Bearer sword"}).status_code == 401
        known = {"authorization": "Bearer swordfish", "x-forwarded-for": "9.9.9.9"}
        assert browser.get("/metrics", headers=known).status_code == 200


def test_what_cannot_be_read_is_left_out_and_not_told_as_nothing(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    backlog = Backlogs(journal, Doors(tmp_path), lambda: 0).read()
    assert (backlog.applied, backlog.lag_s, backlog.outbox_waiting) == (None, None, None)
    journal.close()


def test_the_lag_of_facts_is_counted_from_when_they_were_received(tmp_path: Path) -> None:
    DoorTables(tmp_path)
    journal = SqliteJournal(tmp_path / "journal.sqlite3")
    journal.append([b'F{"source":"x","received_at":"2026-05-04T12:00:00+00:00","facts":[]}', b"Cjunk"])
    at_ms = 1_777_896_000_000  # 2026-05-04 12:00 UTC
    backlog = Backlogs(journal, Doors(tmp_path), lambda: at_ms + 90_000).read()
    assert (backlog.behind, backlog.lag_s) == (2, 90.0)
    journal.close()


def test_whoever_asks_often_whether_the_edge_is_ready_does_not_keep_the_disk_busy(tmp_path: Path) -> None:
    usual_tables(tmp_path)
    written = set()
    with serving(tmp_path) as edge, edge.client() as browser, sqlite3.connect(tmp_path / "journal.sqlite3") as journal:
        for _ in range(20):
            browser.get("/readyz")
            written |= set(journal.execute("SELECT value FROM meta WHERE name = 'probed_at'"))
    assert 1 <= len(written) <= 5
