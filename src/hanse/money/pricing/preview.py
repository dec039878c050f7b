"""The dry run of terms (domain.md §13): JSON in, JSON out, priced by the very functions that the pipeline calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from hanse.kernel.clock import Period, period_of
from hanse.money.pricing.preview_reading import DryRun, read_dry_run
from hanse.money.pricing.rules import price
from hanse.money.pricing.types import Credited, Earner, Priced
from hanse.money.pricing.words import Arithmetic
from hanse.money.promises.rules import promised_lines, total_of
from hanse.money.promises.types import Accepted, Earning, Facts, PeriodLine, Pool, Stay
from hanse.programs.terms.types import Span

NOBODY = UUID(int=0)


def preview(request: Mapping[str, Any]) -> dict[str, Any]:
    """Price conversions under terms without storing anything. Raises Invalid with pointers into the request.

    `amount` is what each conversion would earn had nothing been refunded, `owed` what it earns after all refunds;
    floors appear for periods closed by `until` (default: the end of the last conversion's period), fees when due.
    """
    run = read_dry_run(request)
    enrolled_at = run.since or datetime.min.replace(tzinfo=run.until.tzinfo)
    earner = Earner(NOBODY, run.time_zone, enrolled_at, lambda _at: run.terms, (run.terms,), run.types, run.country)
    credits = [Credited(sold, share_ppm, run.terms, run.tier) for sold, share_ppm in run.conversions]
    found = {one.conversion_id: one for one in price(credits, earner)}
    ordered = [found[sold.id] for sold, _share in run.conversions]
    lines = _period_lines(run, earner, found)
    return {
        "commissions": [
            _commission(run, priced, position) for position, priced in enumerate(ordered)
        ],
        "periods": [_period(line) for line in lines],
        "total": sum(priced.owed_minor for priced in ordered) + total_of(lines),
    }  # fmt: skip


def _commission(run: DryRun, priced: Priced, position: int) -> dict[str, Any]:
    sold = run.conversions[position][0]
    names = [line.sku or line.category for line in sold.lines]
    words = Arithmetic(run.terms.body, names, run.currency).lines([*priced.steps, *priced.changes])
    return {
        "conversion": sold.external_id,
        "amount": priced.earned_minor,
        "owed": priced.owed_minor,
        "steps": [
            {"clause": line.clause, "text": f"{line.label}: {line.formula}" if line.formula else line.label,
             "amount": line.amount_minor}
            for line in words
        ],
    }  # fmt: skip


def _period_lines(run: DryRun, earner: Earner, found: Mapping[UUID, Priced]) -> list[PeriodLine]:
    moments = [sold.occurred_at for sold, _share in run.conversions]

    def frame(span: Span) -> tuple[datetime, datetime] | None:
        since = run.starts_at or (_around(min(moments), span, run).starts_at if moments else run.since)
        until = run.until if run.has_until or not moments else _around(max(moments), span, run).ends_at
        return (since, until) if since is not None else None

    since, until = frame("month") or (run.until if run.has_until else None, run.until)
    signed_at = run.since or since
    owed = [(sold, found[sold.id].owed_minor) for sold, _share in run.conversions]
    facts = Facts(
        Stay(run.time_zone, ((run.since, None),)),
        Pool(Earning(sold.occurred_at, sold.external_id, minor, minor) for sold, minor in owed),
        {run.terms.id: signed_at} if signed_at is not None else {},
        accepted={id: Accepted(at) for id, at in run.accepted.items()},
    )
    lines = promised_lines(earner, facts, frame, until, ahead=False)
    return sorted(lines, key=lambda line: (line.starts_at, line.clause))


def _around(at: datetime, span: Span, run: DryRun) -> Period:
    return period_of(at, span, run.time_zone)


def _period(line: PeriodLine) -> dict[str, Any]:
    return {
        "kind": line.kind, "clause": line.clause, "from": line.starts_at.isoformat(), "to": line.ends_at.isoformat(),
        "amount": line.amount_minor,
    }  # fmt: skip
