"""What the partner page says of the tier: place, what decides next, lock, promises, decisions."""

from __future__ import annotations

from typing import Any

from hanse.faces.console.tiers.words import decision_words
from hanse.growth.care.queries import word_with
from hanse.growth.care.words import promise_words
from hanse.growth.tiers.needed import Needed
from hanse.growth.tiers.queries import decisions_of, lock_of, standings_of
from hanse.growth.tiers.sentences import PartnerWords
from hanse.growth.tiers.versions import rules_of
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of

_SHOWN = 4
_OWED = 5


def tier_panel_of(program: Program, enrolment: Enrolment) -> dict[str, Any]:
    """Return what the panel shows. Five queries."""
    now, rows = clock.now(), tiers_of(program.pk)
    row = standings_of([enrolment.pk]).get(enrolment.pk)
    rules = rules_of(row.rules if row is not None else None)
    words = PartnerWords(program.currency, program.time_zone, {one.key: one.name for one in rows}, rules)
    kept, owed = word_with(enrolment.pk, now)
    by_key = {one.key: one for one in rows}
    return {
        "text_id": text_id("enr", enrolment.pk), "tier": enrolment.tier, "row": row,
        "lock": lock_of(enrolment.pk, local_day(now, program.time_zone)),
        "given": by_key.get(row.given) if row is not None and row.given != row.tier else None,
        "lacks": words.lacks_of(Needed.from_json(row.needed)) if row is not None else "",
        "tiers": [one for one in rows if one.pk != enrolment.tier_id],
        "decisions": [(one, decision_words(one.kind)) for one in decisions_of(enrolment.pk)[:_SHOWN]],
        "score": kept,
        "owed": [
            (due, promise_words(due.promise.kind, due.promise.number, due.promise.words), due.due_at <= now)
            for due in owed[:_OWED]
        ],
    }  # fmt: skip
