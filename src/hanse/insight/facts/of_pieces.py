"""Facts about what a partner published: the piece that sold best, and old ones that people still find. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from hanse.insight.facts.making import fact
from hanse.insight.facts.material import Around, Material
from hanse.insight.facts.types import FoundFact

_OLD_DAYS = 120


def found(of: Material, around: Around) -> Iterator[FoundFact | None]:
    """Yield what the pieces of an enrolment say."""
    yield _best(of)
    yield _evergreen(of)


def _best(of: Material) -> FoundFact | None:
    """Name the piece with most sales, where it stands alone at the top of two or more."""
    ranked = sorted((piece for piece in of.pieces if piece.sales), key=lambda one: (-one.sales, one.on, one.title))
    if len(ranked) < 2 or ranked[0].sales == ranked[1].sales:
        return None
    best, sales = ranked[0], sum(piece.sales for piece in ranked)
    return fact(
        of, "best_piece", sales, (min(piece.on for piece in ranked), of.today), best.sales / sales, name=best.title,
        sales=best.sales, of_sales=sales, pieces=len(ranked), on=best.on.isoformat(), value_minor=best.value_minor,
    )  # fmt: skip


def _evergreen(of: Material) -> FoundFact | None:
    """Name the old piece that brought most clicks in the last 90 days."""
    old = [piece for piece in of.pieces if (of.today - piece.on).days >= _OLD_DAYS and piece.clicks_90d]
    if not old:
        return None
    best = max(old, key=lambda piece: (piece.clicks_90d, piece.on, piece.title))
    return fact(
        of, "evergreen_piece", best.clicks_90d, strength=min(1.0, best.clicks_90d / 200), name=best.title,
        clicks=best.clicks_90d, on=best.on.isoformat(),
    )  # fmt: skip
