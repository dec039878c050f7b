"""What the edge is told at its start."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hanse.journal.settings import JournalSettings


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """`ready_lag_s`: how far the pipeline may be behind, 0 for any; `metrics_token` "": private addresses may read."""

    ready_lag_s: int = 300
    metrics_token: str = ""


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """`database_url` "" means main.sqlite3 in the data folder; `trusted_proxies` are addresses or networks.

    `web_urls` are web roles on other machines; without any, the one on the data folder's socket. `edge_number` None
    lets the journal choose where several edges write to it.
    """

    data_dir: Path
    master_key: bytes
    database_url: str = ""
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    web_socket_path: Path | None = None
    edge_number: int | None = None
    journal: JournalSettings = field(default_factory=JournalSettings)
    web_urls: tuple[str, ...] = ()
    health: HealthSettings = field(default_factory=HealthSettings)

    @property
    def web_socket(self) -> Path:
        """The unix socket of the web role."""
        return self.web_socket_path or self.data_dir / "web.sock"
