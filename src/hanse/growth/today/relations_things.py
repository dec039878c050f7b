"""Things to do about relations: partners gone silent, the most value first, and those near a milestone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time

from hanse.growth.silence.models import SilentSpell
from hanse.growth.silence.queries import silent_in
from hanse.growth.today.types import Kind, Named, Thing
from hanse.insight.facts.models import PartnerFact
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

_SINGLE = 3
_READ = 200
_NAMES = 5
_NEAR = ("near_milestone", "near_step")


def things(program: Program, now: datetime) -> Iterator[Thing]:
    """Yield what waits about relations in a program. Four queries."""
    yield from _silent(program)
    yield from _near(program)


def _silent(program: Program) -> Iterator[Thing]:
    """Yield the silent partners with most at stake one by one, the others together.

    Who never launched has a row of its own among people; whose play was done is left alone until the next silence, and
    who belongs to those left alone to measure is not pushed.
    """
    waiting = silent_in(program.pk).exclude(cause="never_launched")
    settled = SilentSpell.objects.filter(program=program, ended_on=None).exclude(acted_at=None, is_left_alone=False)
    rows = list(waiting.exclude(enrolment__in=settled.values("enrolment"))[:_READ])
    single = [row for row in rows if row.value_at_stake_minor > 0][:_SINGLE]
    for row in single:
        partner = row.enrolment.partner
        last = row.last_sign_on
        yield Thing(
            f"silent:{row.enrolment_id}:{last}", Kind.SILENT, 1, row.value_at_stake_minor,
            datetime.combine(last or row.since, time(12), UTC), row.enrolment_id,
            (Named(partner.pk, partner.name, row.value_at_stake_minor, partner.email),), {"cause": row.cause},
        )  # fmt: skip
    rest = [row for row in rows if row not in single]
    if rest:
        named = [Named(row.enrolment.partner_id, row.enrolment.partner.name) for row in rest[:_NAMES]]
        newest = max(row.since for row in rest)
        yield Thing(
            f"silent-more:{newest}:{rest[0].enrolment_id}", Kind.SILENT_MORE, len(rest),
            sum(row.value_at_stake_minor for row in rest), datetime.combine(newest, time(12), UTC), None, named,
        )  # fmt: skip


def _near(program: Program) -> Iterator[Thing]:
    facts = PartnerFact.objects.filter(program_id=program.pk, kind__in=_NEAR).order_by("-rank_ppm", "id")
    rows = list(facts.values_list("enrolment_id", "period_from", "numbers", "found_on")[:_READ])
    if not rows:
        return
    ids = list(dict.fromkeys(key for key, _from, _numbers, _on in rows))
    people = Enrolment.objects.filter(id__in=ids).values_list("id", "partner_id", "partner__name")
    partners = {key: Named(partner_id, name) for key, partner_id, name in people}
    named = [partners[key] for key in ids if key in partners]
    if named:
        first_id, _from, numbers, on = rows[0]
        since = datetime.combine(on, time(12), UTC)
        detail = {name: str(value) for name, value in numbers.items()}
        yield Thing(
            f"near:{first_id}:{numbers.get('at')}", Kind.NEAR_MILESTONE, len(named), 0, since, first_id,
            named[:_NAMES], detail,
        )  # fmt: skip
