"""Verbs of silence."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from hanse.growth.silence.models import Silence, SilentSpell
from hanse.growth.silence.plays import PLAYS
from hanse.growth.silence.types import Look
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import record_change
from hanse.spine.bulk import insert_many

LEFT_ALONE_PERCENT = 10
MAX_NOTE = 2_000


def keep_looks(
    program: Program, looks: Collection[Look], strategic: Collection[UUID], today: date, now: datetime, *,
    called_from_minor: int | None = None,
) -> int:  # fmt: skip
    """Store who is silent now in place of what was known of them; open and end spells. Returns how many are silent.

    A second run on a date gives the same rows. Seven statements. Who belongs to the strategic track, or has
    `called_from_minor` and more at stake, is never left alone: a silent top partner is called, not tested on.
    """
    ids = [look.enrolment_id for look in looks]
    known = {row.enrolment_id: row for row in Silence.objects.filter(enrolment_id__in=ids)}
    silent = {look.enrolment_id: look for look in looks if look.cause}
    Silence.objects.filter(enrolment_id__in=[key for key in known if key not in silent]).delete()
    insert_many(Silence, [
        {"id": new_id(now), "enrolment_id": key, "program_id": program.pk, **_columns(look, today)}
        for key, look in silent.items() if key not in known
    ])  # fmt: skip
    for key, look in silent.items():
        if key in known:
            _renew(known[key], look, today)
    worthy = {key for key, look in silent.items() if called_from_minor and look.at_stake_minor >= called_from_minor}
    _keep_spells(program, looks, {*strategic, *worthy}, today, now)
    return len(silent)


def note_play(enrolment_id: UUID, *, note: str, now: datetime, by: str) -> SilentSpell:
    """Write down that a person did something about a silence. Refuses for who is not silent, and a note too long."""
    silence = Silence.objects.filter(enrolment_id=enrolment_id).first()
    spell = SilentSpell.objects.filter(enrolment_id=enrolment_id, ended_on=None).order_by("-found_on").first()
    if silence is None or spell is None:
        raise Refused("not_silent", "This partner is not silent any more.")
    if len(note) > MAX_NOTE:
        raise Refused("note_too_long", f"A note has at most {MAX_NOTE} characters.")
    note = note.replace("\x00", "").strip()
    spell.play, spell.note, spell.acted_at, spell.acted_by = PLAYS[silence.cause].key, note, now, by[:200]
    spell.save(update_fields=["play", "note", "acted_at", "acted_by"])
    record_change(
        actor=by, verb="note_play", subject_kind="enrolment", subject_id=enrolment_id, before={},
        after={"cause": silence.cause, "play": spell.play}, reason=spell.note, now=now,
    )  # fmt: skip
    return spell


def is_left_alone(enrolment_id: UUID) -> bool:
    """Say whether an enrolment belongs to those whom nobody nudges, to know how many come back alone: always alike."""
    digest = hashlib.sha256(b"silence:" + enrolment_id.bytes).digest()
    return int.from_bytes(digest[:4], "big") % 100 < LEFT_ALONE_PERCENT


def _columns(look: Look, today: date) -> dict[str, object]:
    return {
        "cause": look.cause, "since": look.since or today, "last_sign_on": look.last_sign_on,
        "value_at_stake_minor": look.at_stake_minor, "evidence": _evidence(look), "found_on": today,
    }  # fmt: skip


def _evidence(look: Look) -> dict[str, object]:
    signals = {
        signal.value: {
            "days": rhythm.active_days, "usual": str(rhythm.usual_days), "limit": str(rhythm.limit_days),
            "own": rhythm.is_own, "since": rhythm.days_since, "quiet": rhythm.is_quiet,
        }
        for signal, rhythm in look.rhythms.items()
    }  # fmt: skip
    return {"signals": signals, "gap": look.gap_days}


def _renew(row: Silence, look: Look, today: date) -> None:
    for name, value in _columns(look, today).items():
        setattr(row, name, value)
    row.save()


def _keep_spells(
    program: Program, looks: Collection[Look], strategic: Collection[UUID], today: date, now: datetime
) -> None:
    ids = [look.enrolment_id for look in looks]
    open_ones = {row.enrolment_id: row for row in SilentSpell.objects.filter(enrolment_id__in=ids, ended_on=None)}
    # a second run on the same date, or a spell that began and ended on it: there is one row a date
    same_day = _by_enrolment(SilentSpell.objects.filter(enrolment_id__in=ids, found_on=today))
    begun = []
    for look in looks:
        spell = open_ones.get(look.enrolment_id)
        if spell is not None and not look.cause:
            SilentSpell.objects.filter(pk=spell.pk).update(ended_on=look.last_sign_on or _last_sign(look) or today)
        elif spell is None and look.cause and look.enrolment_id in same_day:
            SilentSpell.objects.filter(pk=same_day[look.enrolment_id].pk).update(ended_on=None, cause=look.cause)
        elif spell is None and look.cause:
            alone = look.enrolment_id not in strategic and is_left_alone(look.enrolment_id)
            begun.append({
                "id": new_id(now), "enrolment_id": look.enrolment_id, "program_id": program.pk, "cause": look.cause,
                "found_on": today, "gap_days": look.gap_days, "value_at_stake_minor": look.at_stake_minor,
                "is_left_alone": alone,
            })  # fmt: skip
    insert_many(SilentSpell, begun)


def _by_enrolment(rows: Iterable[SilentSpell]) -> Mapping[UUID, SilentSpell]:
    return {row.enrolment_id: row for row in rows}


def _last_sign(look: Look) -> date | None:
    days: Sequence[date] = [rhythm.last_on for rhythm in look.rhythms.values() if rhythm.last_on is not None]
    return max(days, default=None)
