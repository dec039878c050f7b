"""What a partner's page says of relations: silence, health with each point, facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hanse.faces.common.facts import FactLine, fact_lines
from hanse.faces.common.links import href
from hanse.growth.health.models import Health
from hanse.growth.health.queries import points_of
from hanse.growth.health.rules import AREAS
from hanse.growth.health.words import area_name, evidence_of, point_name
from hanse.growth.silence.models import Silence
from hanse.growth.silence.plays import PLAYS, Play
from hanse.growth.silence.queries import silence_of
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment

_LOW, _FAIR = 40, 70


@dataclass(frozen=True, slots=True)
class Area:
    """One area of health: its points with what each rests on."""

    name: str
    points: int
    of: int
    lines: Sequence[tuple[str, int, int, str]]


@dataclass(frozen=True, slots=True)
class Panels:
    """All that stands on a partner's page."""

    silence: Silence | None
    play: Play | None
    silence_href: str
    health: Health | None
    health_color: str
    areas: Sequence[Area]
    trail: Sequence[int]
    facts: Sequence[FactLine]


def panels_of(enrolment: Enrolment, currency: str) -> Panels:
    """Return what a partner's page says of relations. Three queries."""
    silence = silence_of([enrolment.pk]).get(enrolment.pk)
    health = Health.objects.filter(enrolment=enrolment).first()
    return Panels(
        silence, PLAYS[silence.cause] if silence else None,
        href("console:silent_one", text_id("enr", enrolment.pk)), health, _color(health.score) if health else "",
        areas_of(health, currency) if health else (), [score for _day, score in health.trail] if health else (),
        fact_lines(enrolment, currency),
    )  # fmt: skip


def areas_of(health: Health, currency: str) -> list[Area]:
    """Return a score by area, each point with what it rests on."""
    points = points_of(health)
    found = []
    for key, most in AREAS.items():
        mine = [point for point in points if point.area == key]
        lines = [(point_name(point), point.points, point.of, evidence_of(point, currency)) for point in mine]
        found.append(Area(area_name(key), sum(point.points for point in mine), most, lines))
    return found


def _color(score: int) -> str:
    return "brick" if score < _LOW else "ochre" if score < _FAIR else "sea"
