"""The verbs: JSON for programs, one line for people, exit codes 0, 1 and 2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hanse.journal.sqlite import SqliteJournal

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def hanse(*arguments: str, data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("HANSE_", "DJANGO_"))}
    command = [sys.executable, "-m", "hanse.runtime.cli", *arguments, "--data", str(data)]
    return subprocess.run(
        command,
        env={**clean, "PYTHONPATH": str(ROOT / "src"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated data folder."""
    folder = tmp_path_factory.mktemp("verbs") / "data"
    assert hanse("migrate", data=folder).returncode == 0
    return folder


def said(done: subprocess.CompletedProcess[str], code: int = 0) -> Any:
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


def test_migrating_twice_changes_nothing(data: Path) -> None:
    assert said(hanse("migrate", "--json", data=data))["applied"] == 0


def test_a_key_is_made_listed_and_revoked(data: Path) -> None:
    key = said(hanse("keys", "create", "shop", "--scopes", "facts:write,read", "--json", data=data))
    assert key["key"].startswith("hz_")
    listed = hanse("keys", "list", "--json", data=data)
    assert key["key"] not in listed.stdout
    assert said(listed)["keys"][0]["scopes"] == ["facts:write", "read"]
    assert hanse("keys", "revoke", key["prefix"], data=data).returncode == 0
    assert said(hanse("keys", "list", "--json", data=data))["keys"][0]["revoked_at"]
    assert hanse("keys", "revoke", key["prefix"], data=data).returncode == 1


def test_a_scope_that_does_not_exist_is_wrong_use_in_one_line(data: Path) -> None:
    done = hanse("keys", "create", "x", "--scopes", "everything", data=data)
    assert done.returncode == 2
    assert "scopes" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_person_is_made_and_gets_a_link(data: Path) -> None:
    assert hanse("sign-in", "ada@x.example", data=data).returncode == 1
    link = said(
        hanse(
            "sign-in", "ada@x.example", "--create", "owner", "--json", data=data, HANSE_PUBLIC_URL="https://p.example"
        )
    )
    assert link["url"].startswith("https://p.example/sign-in/")
    assert link["role"] == "owner"


def test_an_empty_installation_is_sound(data: Path) -> None:
    proof = said(hanse("verify", "--json", data=data))
    assert proof["ok"] is True
    assert set(proof["proofs"]) >= {"books", "commissions", "payouts", "refunded", "rollups", "positions"}


def test_the_doctor_names_what_ails_and_how_to_mend_it(data: Path) -> None:
    (data / "secret.key").chmod(0o644)
    try:
        report = said(hanse("doctor", "--json", data=data), code=1)
        check = next(one for one in report["checks"] if one["name"] == "secret key")
        assert (check["state"], check["mend"].startswith("chmod 600")) == ("fail", True)
    finally:
        (data / "secret.key").chmod(0o600)
    assert said(hanse("doctor", "--json", data=data))["ok"] is True


def test_a_mail_server_that_is_not_there_fails_the_doctor(data: Path) -> None:
    report = said(hanse("doctor", "--json", data=data, HANSE_SMTP_URL="smtp://127.0.0.1:1"), code=1)
    assert next(one for one in report["checks"] if one["name"] == "mail")["state"] == "fail"


def test_a_backup_can_be_restored_and_proved(data: Path, tmp_path: Path) -> None:
    assert said(hanse("backup", str(tmp_path / "b.tar"), "--json", data=data))["stores"]
    assert said(hanse("restore", str(tmp_path / "b.tar"), "--json", data=tmp_path / "other"))["data"]
    assert said(hanse("verify", "--json", data=tmp_path / "other"))["ok"] is True


def test_a_store_restored_alone_is_found_out(data: Path, tmp_path: Path) -> None:
    hanse("backup", str(tmp_path / "b.tar"), data=data)
    hanse("restore", str(tmp_path / "b.tar"), data=tmp_path / "other")
    journal = SqliteJournal(tmp_path / "other" / "journal.sqlite3")
    from hanse.journal.engine import sqlite

    main = sqlite.connect(tmp_path / "other" / "main.sqlite3")
    main.execute(
        'INSERT OR REPLACE INTO spine_position (name, journal_id, sequence, "index", moved_at)'
        " VALUES ('pipeline', ?, 99, 0, '2026-01-01 00:00:00')",
        (str(journal.journal_id),),
    )
    main.commit()
    main.close()
    journal.close()
    report = said(hanse("verify", "--json", data=tmp_path / "other"), code=1)
    assert report["findings"][0]["check"] == "positions"


def test_a_folder_without_data_says_what_to_do(tmp_path: Path) -> None:
    done = hanse("verify", data=tmp_path / "nothing")
    assert done.returncode == 2
    assert "hanse migrate --data" in done.stderr
    assert not (tmp_path / "nothing").exists()


def test_a_wrong_setting_is_one_line(data: Path) -> None:
    done = hanse("doctor", data=data, HANSE_PUBLIC_URL="nonsense")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_an_unknown_verb_is_wrong_use(data: Path) -> None:
    assert hanse("fly", data=data).returncode == 2
