"""`hanse import orders`: stages a shop's order file, sends its facts through the journal, waits for the books.

A run that was stopped goes on where it was: the staging file beside the data remembers rows read and facts sent, and
facts that were sent twice are the same facts.
"""

from __future__ import annotations

import csv
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from hanse.bridges.files.reading import OrderFileReader
from hanse.bridges.files.staging import Staging
from hanse.bridges.files.types import FileFact
from hanse.faces.common.tables import guarded_cell
from hanse.journal.port import Journal
from hanse.kernel import clock
from hanse.kernel.errors import Invalid
from hanse.kernel.facts import FactDefaults, FactEnvelope, FactKind, encode_envelope, parse_conversion, parse_refund
from hanse.kernel.signing import derive
from hanse.programs.models import Program
from hanse.programs.programs.queries import goals_of
from hanse.traffic.products.actions import name_products

REQUEST_SIZE = 200
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class OrderImport:
    """Where an import writes and how it reports: `progress(stage, done, whole)`, whole 0 where it is not known."""

    program: Program
    journal: Journal
    folder: Path
    master_key: bytes
    progress: Progress
    drain: Callable[[], bool]

    def run(self, path: Path) -> dict[str, Any]:
        """Bring a file in and return the account of its lines (amounts in minor units).

        `drain` applies what the journal holds, or says False where another worker does it. Raises Invalid when a
        needed column is missing; OSError when the file cannot be read.
        """
        name = f"{self.program.slug}-{_digest(path)}"
        self.folder.mkdir(parents=True, exist_ok=True)
        with Staging(self.folder / f"{name}.sqlite") as staging:
            self._stage(staging, path)
            self._send(staging, source=f"file:{name}")
            with transaction.atomic():
                name_products(self.program.pk, staging.product_names())
            report = {**staging.report(), "refused_facts": len(staging.refused())}
            skipped = self.folder / f"{name}-skipped.csv"
            _write_skipped(staging, skipped)
        while not self.drain():
            time.sleep(0.5)
        return {**report, "facts": staging_count(report), "skipped_file": str(skipped)}

    def _stage(self, staging: Staging, path: Path) -> None:
        for row in staging.read(OrderFileReader(path, self.program.currency, self.program.time_zone)):
            self.progress("reading", row, 0)
        self.progress("matching", 0, 0)
        staging.match()

    def _send(self, staging: Staging, source: str) -> None:
        """Append the facts that are not in the journal yet, oldest first."""
        whole = staging.count()
        keys = [goal.key for goal in goals_of(self.program.pk)]
        while facts := staging.facts_from(int(staging.mark("sent", "0")), REQUEST_SIZE):
            records = fact_records(facts, self.program, keys, source, self.master_key, clock.now(), staging.refuse)
            if records:
                self.journal.append(records)
            staging.set_mark("sent", facts[-1].sequence)
            self.progress("sending", facts[-1].sequence, whole)
            self.drain()


def fact_records(
    facts: Sequence[FileFact],
    program: Program,
    goals: Sequence[str],
    source: str,
    master_key: bytes,
    received_at: datetime | None = None,
    refuse: Callable[[FileFact, str], None] | None = None,
) -> list[bytes]:
    """Check facts as the door does and return a journal record for each.

    Without `received_at` each fact was received two seconds after it occurred: history as it was. A fact that the door
    would not take goes to `refuse` with the reason; without that, Invalid is raised.
    """
    email_key = derive(master_key, "email-hash")
    records: list[bytes] = []
    for fact in facts:
        at = received_at or fact.occurred_at + timedelta(seconds=2)
        defaults = FactDefaults(program.currency, at, email_key, goals)
        parse = parse_conversion if fact.kind == "conversion" else parse_refund
        kind: FactKind = "conversion" if fact.kind == "conversion" else "refund"
        try:
            parsed = parse(dict(fact.body), defaults)
        except Invalid as invalid:
            if refuse is None:
                raise
            refuse(fact, str(invalid))
            continue
        records.append(encode_envelope(FactEnvelope(source, program.id, kind, at, False, (parsed,))))
    return records


def staging_count(report: dict[str, Any]) -> int:
    """Return how many facts an account speaks of."""
    return int(report["orders"]["count"]) + int(report["refunds"]["count"])


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()[:16]


def _write_skipped(staging: Staging, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "order", "reason", "amount", "line"])
        for external_id, message in staging.refused():
            writer.writerow(["", guarded_cell(external_id), "refused", "", guarded_cell(message)])
        for line in staging.skipped_lines():
            cells = (guarded_cell(line.order), line.reason, line.amount_minor, guarded_cell(line.text))
            writer.writerow([line.row, *cells])
