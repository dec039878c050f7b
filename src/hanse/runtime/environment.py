"""The environment's settings, read once: every HANSE_ variable there is, with its default and meaning."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from hanse.journal.settings import JournalSettings, journal_settings
from hanse.kernel.signing import derive

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
DEFAULT_PORT = 8000


class BadSetting(ValueError):
    """A setting that cannot be used; the text says which one and why, in one line."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What the operator set. `database_url` "" is SQLite in the data folder; `smtp_url` "" writes mail as files."""

    data: Path
    database_url: str
    journal_sync: str
    public_url: str
    smtp_url: str
    mail_from: str
    trusted_proxies: tuple[str, ...]
    log_level: str
    click_retention_days: int
    outbound_hosts: tuple[str, ...]
    edge_number: int | None
    web_urls: tuple[str, ...]
    web_processes: int
    ready_lag_seconds: int
    metrics_token: str
    inbound: tuple[str, int] | None = None

    @property
    def is_https(self) -> bool:
        """Whether people reach the product by https."""
        return self.public_url.startswith("https://")

    @property
    def public_host(self) -> str:
        """The host that people type."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def is_local(self) -> bool:
        """Whether the product is reached on this machine only."""
        return self.public_host in ("127.0.0.1", "localhost", "::1")


def read_environment() -> Environment:
    """Read the variables. Raises BadSetting for a value that has no meaning."""
    return Environment(
        data=Path(os.environ.get("HANSE_DATA") or "data").absolute(),
        database_url=os.environ.get("HANSE_DATABASE_URL", ""),
        journal_sync=_choice("HANSE_JOURNAL_SYNC", ("full", "normal"), "full"),
        public_url=_public_url(os.environ.get("HANSE_PUBLIC_URL") or f"http://127.0.0.1:{DEFAULT_PORT}"),
        smtp_url=os.environ.get("HANSE_SMTP_URL", ""),
        mail_from=os.environ.get("HANSE_MAIL_FROM", ""),
        trusted_proxies=_list("HANSE_TRUSTED_PROXIES"),
        log_level=_choice("HANSE_LOG", ("debug", "info", "warning", "error"), "info"),
        click_retention_days=_days("HANSE_CLICK_RETENTION_DAYS", 400, least=30),
        outbound_hosts=tuple(host.lower() for host in _list("HANSE_OUTBOUND_HOSTS")),
        edge_number=_number("HANSE_EDGE_NUMBER", None, 0, 15),
        web_urls=_web_urls(),
        web_processes=_number("HANSE_WEB_PROCESSES", 1, 1, 64) or 1,
        ready_lag_seconds=_number("HANSE_READY_LAG_SECONDS", 300, 0, 86_400) or 0,
        metrics_token=os.environ.get("HANSE_METRICS_TOKEN", ""),
        inbound=_inbound(os.environ.get("HANSE_INBOUND", "")),
    )


def journal_of(master_key: bytes) -> JournalSettings:
    """Return where the journal of an installation is. Raises BadSetting, also for what cannot work together."""
    try:
        settings = journal_settings(fingerprint=derive(master_key, "fingerprint").hex()[:16])
    except ValueError as error:
        raise BadSetting(str(error)) from None
    if settings.is_shared and not os.environ.get("HANSE_DATABASE_URL"):
        raise BadSetting("HANSE_JOURNAL_URL needs HANSE_DATABASE_URL too: a journal for many is no use to one file.")
    return settings


def _choice(name: str, allowed: tuple[str, ...], default: str) -> str:
    value = (os.environ.get(name) or default).lower()
    if value not in allowed:
        raise BadSetting(f"{name} is {value!r}; it can be {', '.join(allowed)}.")
    return value


def _list(name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in os.environ.get(name, "").split(",") if part.strip())


def _number(name: str, default: int | None, least: int, most: int) -> int | None:
    text = os.environ.get(name)
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise BadSetting(f"{name} is {text!r}; it is a number from {least} to {most}.")
    return int(text)


def _inbound(text: str) -> tuple[str, int] | None:
    """Read where mail is taken in: `2525` (this machine only) or `address:port`; "" takes none."""
    if not text:
        return None
    host, _colon, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise BadSetting(f"HANSE_INBOUND is {text!r}; it looks like 127.0.0.1:2525.")
    return host.strip("[]") or "127.0.0.1", int(port)


def _web_urls() -> tuple[str, ...]:
    urls = _list("HANSE_WEB_URLS")
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
            raise BadSetting(f"HANSE_WEB_URLS has {url!r}; each looks like http://10.0.0.6:8001, with commas between.")
    return urls


def _days(name: str, default: int, least: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= 36_500:
        raise BadSetting(f"{name} is {text!r}; it is a number of days, at least {least}.")
    return int(text)


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise BadSetting(f"HANSE_PUBLIC_URL is {text!r}; it looks like https://partners.example.com, without a path.")
    return f"{parts.scheme}://{parts.netloc}"


def postgres_settings(url: str) -> dict[str, object]:
    """Turn `postgresql://person:password@host:port/name?sslmode=require` into Django's settings. Raises BadSetting."""
    parts = urlsplit(url)
    name = parts.path.strip("/")
    if parts.scheme not in ("postgresql", "postgres") or not name:
        raise BadSetting("HANSE_DATABASE_URL looks like postgresql://person:password@host:5432/name.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(name),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def sqlite_settings(path: Path) -> dict[str, object]:
    """Return Django's settings for one SQLite file: transactions begin with the write lock, waiting 20 s for it."""
    return {
        "ENGINE": "hanse.runtime.database",
        "NAME": path,
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
        "CONN_MAX_AGE": 3600,  # a new connection plans with what `planner` has told since
    }
