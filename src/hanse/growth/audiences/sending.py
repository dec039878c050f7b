"""Sending one letter to one audience: planned at once, for whoever is meant now; larger ones go as newsletters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _

from hanse.growth.audiences.models import Audience
from hanse.growth.audiences.queries import members_of, read_condition
from hanse.growth.sends.actions import plan_send
from hanse.growth.sends.types import Priority
from hanse.growth.templates.models import LetterKind, MessageTemplate
from hanse.growth.templates.queries import latest_version
from hanse.growth.templates.rendering import about_groups
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.spine.audit.actions import record_change
from hanse.spine.checks import Checks

AT_MOST = 2_000
_AT_ONCE = 500


def read_occasion(given: Mapping[str, str]) -> dict[str, object]:
    """Read what a letter is about: title, text, on (a day) and page (an address). Raises Invalid with its fields."""
    checks = Checks()
    found: dict[str, object] = {
        "title": checks.text("title", given.get("title", ""), 120, required=True),
        "text": checks.text("text", given.get("text", ""), 500, required=True),
        "page": checks.web_address("page", given.get("page", ""), required=True),
        "on": given.get("on", ""),
    }
    try:
        date.fromisoformat(str(found["on"]))
    except ValueError:
        checks.refuse("on", _("A day, please, like 2026-12-24."), "bad_day")
    checks.done()
    return found


def send_to_audience(
    template: MessageTemplate,
    audience: Audience | None,
    *,
    occasion: Mapping[str, object] | None = None,
    due_at: datetime | None = None,
    now: datetime,
    by: str,
) -> int:
    """Plan the newest version of a letter for everybody whom an audience means now (None: everybody active).

    The same version goes to the same audience once a day, however often it is asked for. Returns how many are new.
    Refuses letters that only an incident or a change of terms can fill, empty audiences and more than 2,000 readers.
    """
    version = latest_version(template.pk)
    needed = about_groups(version)
    if needed - {"occasion"}:
        raise Refused("needs_cause", _("This letter goes out with its incident or its change of terms, not by itself."))
    if "occasion" in needed and occasion is None:
        raise Refused("needs_occasion", _("Say what this letter is about first."))
    ids = members_of(template.program_id, read_condition(audience.condition if audience else None), now)
    if not ids:
        raise Refused("nobody", _("Nobody is meant now."))
    if len(ids) > AT_MOST:
        raise Refused("too_many", _("More than 2,000 readers: write a newsletter, which goes out part by part."))
    reason = Priority.HONESTY if template.kind == LetterKind.HONESTY else Priority.NEWSLETTER
    day = local_day(now, template.program.time_zone).isoformat()
    key = f"letter:{version.pk}:{audience.pk if audience else 'all'}:{day}"
    about = {"occasion": dict(occasion)} if occasion and "occasion" in needed else None
    count = 0
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        each = dict.fromkeys(part, about) if about else None
        count += plan_send(version, part, reason=reason, key=key, now=now, due_at=due_at, about=each)
    record_change(
        actor=by, verb="send_message", subject_kind="messagetemplate", subject_id=template.pk, before={},
        after={"audience": audience.name if audience else "", "letters": count}, now=now,
    )  # fmt: skip
    return count
