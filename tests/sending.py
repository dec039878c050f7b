"""Sending facts as the door would: into a journal, for a pipeline to apply."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from django.conf import settings

from hanse.journal.sqlite import SqliteJournal
from hanse.kernel.facts import (
    ClickEnvelope,
    ClickFact,
    FactDefaults,
    FactEnvelope,
    FactKind,
    encode_envelope,
    parse_conversion,
    parse_refund,
)
from hanse.kernel.signing import derive
from hanse.kernel.tokens import ClickTokens, Token
from hanse.runtime.pipeline import BatchResult, Pipeline
from hanse.traffic.attribution.models import Credit
from hanse.traffic.conversions.models import Conversion
from tests import make
from tests.cast import Cast

GOALS = frozenset({"lead", "signup", "sale", "renewal"})
SHOP = "shop"


class World:
    """The cast, a journal and a pipeline. Objects are sent as JSON of domain.md §3."""

    def __init__(self, actors: Cast, journal: SqliteJournal, now: datetime = make.NOON) -> None:
        self.cast, self.journal, self.now = actors, journal, now
        self.pipeline = Pipeline(journal)
        self._sequence = itertools.count()

    @property
    def tokens(self) -> ClickTokens:
        """What the edge mints click tokens with."""
        return ClickTokens(derive(settings.HANSE_MASTER_KEY, "click-token"))

    def click(
        self, link_number: int, at: datetime, visitor: str = "v1", *, record: bool = True, **fields: Any
    ) -> Token:
        """Let a visitor click; with record=False the token is out, but the click's record is not (yet)."""
        token = self.tokens.mint(link_number, at, 0, next(self._sequence))
        if record:
            self.record_click(token, link_number, at, visitor, **fields)
        return token

    def record_click(self, token: Token, link_number: int, at: datetime, visitor: str = "v1", **fields: Any) -> None:
        """Write a click's record."""
        fact = ClickFact(token.core_hex, link_number, at, visitor=visitor, **fields)
        self.journal.append([encode_envelope(ClickEnvelope((fact,)))])

    def send(self, kind: FactKind, *objects: dict[str, Any], source: str = SHOP, wait: bool = False) -> int:
        """Write a request of facts; returns its sequence."""
        defaults = FactDefaults("GBP", self.now, make.EMAIL_KEY, GOALS)
        parse = parse_conversion if kind == "conversion" else parse_refund
        facts = tuple(parse(one, defaults) for one in objects)
        envelope = FactEnvelope(source, self.cast.program.id, kind, self.now, wait, facts)
        return self.journal.append([encode_envelope(envelope)])

    def sell(self, external_id: str, amount: int = 10_000, at: datetime = make.NOON, **fields: Any) -> int:
        """Send one sale."""
        options = {name: fields.pop(name) for name in ("source", "wait") if name in fields}
        body = {"goal": "sale", "external_id": external_id, "occurred_at": at.isoformat(), "amount": amount} | fields
        return self.send("conversion", body, **options)

    def refund(self, external_id: str, of: str, amount: int, at: datetime = make.NOON, **fields: Any) -> int:
        """Send one refund (or with kind= a chargeback, or a won dispute)."""
        options = {name: fields.pop(name) for name in ("source", "wait") if name in fields}
        body = {"external_id": external_id, "conversion": of, "occurred_at": at.isoformat(), "amount": amount} | fields
        return self.send("refund", body, **options)

    def run(self, now: datetime | None = None) -> BatchResult:
        """Apply everything."""
        return self.pipeline.drain(now or self.now)

    def conversion(self, external_id: str, goal: str = "sale") -> Conversion:
        """Return a conversion by its outside id."""
        return Conversion.objects.get(external_id=external_id, goal__key=goal)

    def shares(self, external_id: str, goal: str = "sale") -> dict[str, int]:
        """Return who is credited with a conversion, by name."""
        rows = Credit.objects.filter(conversion=self.conversion(external_id, goal))
        return dict(rows.values_list("enrolment__partner__name", "share_ppm"))
