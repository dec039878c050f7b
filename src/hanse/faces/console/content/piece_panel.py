"""What a partner's page says of content: the latest pieces and what they brought."""

from __future__ import annotations

from hanse.faces.common.content_words import PieceLine, piece_line
from hanse.growth.content.queries import pieces_of
from hanse.programs.enrolments.models import Enrolment

_SHOWN = 4


def piece_panel(enrolment: Enrolment) -> list[PieceLine]:
    """Return a partner's latest pieces. One query."""
    return [piece_line(piece) for piece in pieces_of([enrolment.pk])[:_SHOWN]]
