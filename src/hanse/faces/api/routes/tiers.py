"""Tiers: the named steps of a program."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from hanse.faces.api.access import READ, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, reach
from hanse.faces.api.values import Output, Page
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier

router = Router(tags=["Tiers"])


class TierOut(Output):
    """A tier; position 0 is the highest."""

    id: str
    program: str
    key: str
    name: str
    position: int


class TierPage(Page):
    """A page of tiers."""

    data: list[TierOut]


def tier_out(tier: Tier) -> TierOut:
    """Show a tier."""
    return TierOut(
        id=text_id("tie", tier.pk), program=text_id("prg", tier.program_id), key=tier.key, name=tier.name,
        position=tier.position,
    )  # fmt: skip


@router.get("/tiers", auth=READ, response=TierPage)
def list_tiers(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> TierPage:
    """List tiers, of one program or of all that the key reaches."""
    key = asker(request)
    rows, following = take_page(narrow(key, reach(key, Tier), {"program_id": (Program, program)}), cursor, limit)
    return TierPage(data=[tier_out(row) for row in rows], next_cursor=following)


@router.get("/tiers/{tier_id}", auth=READ, response=TierOut)
def read_tier(request: HttpRequest, tier_id: str) -> TierOut:
    """Read one tier."""
    return tier_out(find(asker(request), Tier, tier_id))
