"""`python -m hanse.edge --data D --port N`: the edge alone, for tests and measurements."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from hanse.edge.serve import run
from hanse.edge.settings import EdgeSettings, HealthSettings
from hanse.journal.settings import journal_settings
from hanse.kernel.errors import Refused
from hanse.kernel.signing import derive


def main() -> int:
    """Read the arguments and serve. Exit code 2: wrong use."""
    parser = argparse.ArgumentParser(prog="python -m hanse.edge")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HANSE_DATA", "data")))
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    asked = parser.parse_args()
    key = asked.data / "secret.key"
    if not key.exists():
        print(f"{key} is missing; `hanse serve` makes it.", file=sys.stderr)
        return 2
    master, number = bytes.fromhex(key.read_text("ascii").strip()), os.environ.get("HANSE_EDGE_NUMBER")
    settings = EdgeSettings(
        asked.data,
        master,
        journal=journal_settings(fingerprint=derive(master, "fingerprint").hex()[:16]),
        edge_number=int(number) if number else None,
        database_url=os.environ.get("HANSE_DATABASE_URL", ""),
        public_url=os.environ.get("HANSE_PUBLIC_URL", ""),
        health=HealthSettings(
            int(os.environ.get("HANSE_READY_LAG_SECONDS") or 300), os.environ.get("HANSE_METRICS_TOKEN", "")
        ),
        trusted_proxies=tuple(
            part.strip() for part in os.environ.get("HANSE_TRUSTED_PROXIES", "").split(",") if part.strip()
        ),
    )
    try:
        run(settings, asked.host, asked.port)
    except Refused as refused:
        print(refused.message, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
