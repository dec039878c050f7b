"""Things to do about people who could be won: names worth a talk, invitations that were looked at and not taken up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef

from hanse.growth.invitations.models import Invitation
from hanse.growth.mentions.queries import candidates_of
from hanse.growth.profile.queries import scores_of_candidates, weighing_of
from hanse.growth.prospects.models import Prospect
from hanse.growth.today.types import Kind, Thing
from hanse.programs.programs.models import Program

QUIET_DAYS = 7
GIVEN_UP_DAYS = 60
_LOOKED_AT = 50  # the most named ones
_READ = 200


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield who is worth a talk and who did not answer an invitation. Eight queries at most."""
    yield from _worth_a_talk(program, now)
    yield from _unanswered(program, now)


def _worth_a_talk(program: Program, now: datetime) -> Iterator[Thing]:
    in_pipeline = Exists(Prospect.objects.filter(candidate=OuterRef("pk")))
    named: Any = candidates_of(program.pk, now).filter(~in_pipeline, partner=None, dismissed_at=None)
    rows = list(named.order_by("-weight", "pk")[:_LOOKED_AT])
    if not rows:
        return
    scores, least = scores_of_candidates(program.pk, rows), weighing_of(program.pk).qualify_at
    worth = sorted((row for row in rows if scores[row.pk].points >= least), key=lambda row: -scores[row.pk].tenths)
    if worth:
        first = worth[0]
        detail = {"name": first.name, "points": str(scores[first.pk].points)}
        yield Thing(
            f"worth-a-talk:{first.pk}", Kind.WORTH_A_TALK, len(worth), 0, first.found_at, first.pk, detail=detail
        )  # fmt: skip


def _unanswered(program: Program, now: datetime) -> Iterator[Thing]:
    looked = Invitation.objects.filter(
        program=program, opened_at__lte=now - timedelta(days=QUIET_DAYS),
        opened_at__gt=now - timedelta(days=GIVEN_UP_DAYS), accepted_at=None, declined_at=None, withdrawn_at=None,
    )  # fmt: skip
    rows = list(looked.order_by("opened_at", "pk").values_list("pk", "name", "email", "opened_at")[:_READ])
    if rows:
        first, name, email, opened_at = rows[0]
        detail = {"name": name or email}
        yield Thing(
            f"invitations:{rows[-1][0]}", Kind.INVITATIONS_QUIET, len(rows), 0, opened_at, first, detail=detail
        )  # fmt: skip
