"""What the edge is told at its start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """`database_url` "" means main.sqlite3 in the data folder; `trusted_proxies` are addresses or networks."""

    data_dir: Path
    master_key: bytes
    database_url: str = ""
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    web_socket_path: Path | None = None
    edge_number: int = 0

    @property
    def web_socket(self) -> Path:
        """The unix socket of the web role."""
        return self.web_socket_path or self.data_dir / "web.sock"
