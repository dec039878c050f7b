"""Settings from the environment: what is wrong is said in one line, what is secret is derived and kept."""

from pathlib import Path

import pytest

from hanse.runtime.environment import BadSetting, postgres_settings, read_environment
from hanse.runtime.master_key import master_key
from hanse.runtime.processes import RoleBusy, hold_role, running_roles


def test_a_wrong_choice_names_the_variable_and_the_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANSE_JOURNAL_SYNC", "sometimes")
    with pytest.raises(BadSetting, match=r"HANSE_JOURNAL_SYNC is 'sometimes'; it can be full, normal\."):
        read_environment()


@pytest.mark.parametrize("url", ["partners.example.com", "https://x.example/path", "ftp://x.example", "https://"])
def test_a_public_address_is_a_scheme_and_a_host(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HANSE_PUBLIC_URL", url)
    with pytest.raises(BadSetting, match="HANSE_PUBLIC_URL"):
        read_environment()


def test_a_public_address_by_https_makes_cookies_secure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANSE_PUBLIC_URL", "https://partners.example.com/")
    environment = read_environment()
    assert environment.public_url == "https://partners.example.com"
    assert (environment.is_https, environment.is_local) == (True, False)


def test_a_postgresql_address_is_read_in_all_its_parts() -> None:
    read = postgres_settings("postgresql://me:p%40ss@db.example:5433/books?sslmode=require")
    assert (read["USER"], read["PASSWORD"], read["HOST"], read["PORT"], read["NAME"], read["OPTIONS"]) == (
        "me", "p@ss", "db.example", "5433", "books", {"sslmode": "require"},
    )  # fmt: skip
    with pytest.raises(BadSetting):
        postgres_settings("mysql://x/y")


def test_the_master_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = master_key(tmp_path / "new")
    assert len(first) == 32
    assert master_key(tmp_path / "new") == first
    assert (tmp_path / "new" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_spoilt_key_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("oops")
    with pytest.raises(ValueError, match="restore it from a backup"):
        master_key(tmp_path)
    assert (tmp_path / "secret.key").read_text() == "oops"


def test_a_role_is_held_by_one(tmp_path: Path) -> None:
    hold_role(tmp_path, "work")
    assert running_roles(tmp_path) == ["work"]
    with pytest.raises(RoleBusy, match="work role already runs"):
        hold_role(tmp_path, "work", wait_seconds=0)
