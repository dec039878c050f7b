"""The invented partners, read from a table beside the orders."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class DemoPartner:
    """One invented partner: `weight` is the pull on customers (0 sells nothing), `silent_days` since the last sign."""

    name: str
    contact: str
    country: str
    language: str
    time_zone: str
    types: tuple[str, ...]
    weight: int
    joined_days: int
    silent_days: int
    code: str
    medium: str

    @property
    def email(self) -> str:
        """An address under a name that can never exist (RFC 2606)."""
        return f"{self.code.lower()}@partners.example"

    @property
    def slug(self) -> str:
        """The first link's slug."""
        return self.code.lower()

    def joined_at(self, ends_at: datetime) -> datetime:
        """Return when the partner was enrolled."""
        return ends_at - timedelta(days=self.joined_days) + timedelta(hours=9)

    def falls_silent_at(self, ends_at: datetime) -> datetime:
        """Return the moment after which nothing comes from this partner any more."""
        return ends_at - timedelta(days=self.silent_days)


def demo_partners() -> list[DemoPartner]:
    """Return the partners in the table's order, the strongest first."""
    text = (files("hanse.runtime") / "demo_data" / "partners.tsv").read_text(encoding="utf-8")
    return [_partner(row) for row in csv.DictReader(text.splitlines(), delimiter="\t")]


def _partner(row: dict[str, str]) -> DemoPartner:
    return DemoPartner(
        name=row["name"],
        contact=row["contact"],
        country=row["country"],
        language=row["language"],
        time_zone=row["time_zone"],
        types=tuple(row["types"].split(",")),
        weight=int(row["weight"]),
        joined_days=int(row["joined_days"]),
        silent_days=int(row["silent_days"]),
        code=row["code"],
        medium=row["medium"],
    )
