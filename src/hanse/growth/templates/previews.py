"""A letter as one partner would read it: what is told from data marked with its source, what is left out shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from uuid import UUID

from django.db.models import Model
from django.utils import translation
from django.utils.translation import gettext as _
from liquid.exceptions import LiquidError

from hanse.growth.roadmap.blocking import refuse_reading
from hanse.growth.templates.knowing import know
from hanse.growth.templates.models import MessageTemplate, MessageVersion
from hanse.growth.templates.rendering import Filler, about_groups, groups_of
from hanse.growth.templates.samples import sample_about
from hanse.growth.templates.sandbox import parsed
from hanse.growth.templates.tags import DROPPED, TOLD
from hanse.growth.templates.types import Rendered
from hanse.insight.facts.titles import title_of
from hanse.kernel.errors import NotFound, Refused
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import record_change
from hanse.spine.outbox.actions import absolute_url, enqueue_mail

_TOLD = re.compile(f"{TOLD[0]}(.*?){TOLD[1]}(\\d+){TOLD[2]}", re.DOTALL)
_DROPPED = re.compile(f"{DROPPED[0]}(\\d+){DROPPED[1]}")


@dataclass(frozen=True, slots=True)
class Note:
    """Where one marked statement comes from."""

    number: int
    kind: str
    n: int
    period_from: str
    period_to: str
    page: str


@dataclass(frozen=True, slots=True)
class Preview:
    """One letter to look at. `shown` is HTML of our own elements; `dropped` are the blocks that were left out."""

    rendered: Rendered
    kicker: str
    shown: str
    notes: tuple[Note, ...]
    dropped: tuple[str, ...]
    is_sample: bool


def unsaved(
    program: Program, kind: str, contents: Mapping[str, Mapping[str, str]], template: MessageTemplate | None = None
) -> MessageVersion:
    """Return a version that is not kept, to look at what is being written."""
    row = MessageTemplate(program=program, name=template.name if template else "", kind=kind)
    return MessageVersion(template=row, number=0, contents={code: dict(content) for code, content in contents.items()})


def preview_of(
    version: MessageVersion,
    enrolment_id: UUID,
    now: datetime,
    *,
    language: str = "",
    about: Mapping[str, Mapping[str, object]] | None = None,
) -> Preview:
    """Fill a version for one partner of its program, to look at. Writes nothing.

    What a letter is about (an incident, an occasion) is a sample where nobody gives it. Raises NotFound for a partner
    of another program; refuses a letter that cannot be filled.
    """
    known = know(version.template.program, [enrolment_id], groups_of(version), now)
    if enrolment_id not in known.enrolments:
        raise NotFound("enrolment")
    if language in version.contents:
        known.enrolments[enrolment_id].partner.language = language
    needed = about_groups(version)
    given = {**sample_about(needed), **(about or {})} if needed else None
    filler = Filler(version, known, enrolment_id, now, given)
    try:
        rendered = filler.fill(str, absolute_url("/p/profile"))
        telling = filler.telling(is_marked=True)
        source = filler.built().preview
        shown = parsed(source, True).render({**filler.values, "__telling__": telling})
        kicker = filler.line("kicker")
    except LiquidError as refused:
        raise Refused("unfillable", str(refused.args[0] if refused.args else refused)) from refused
    dropped = tuple(_words_of(kinds, block) for kinds, block in telling.dropped)
    notes = tuple(_note(index, fact) for index, fact in enumerate(telling.told, 1))
    marked = _marked(shown, dropped, rendered.language)
    return Preview(rendered, kicker, marked, notes, dropped, bool(needed) and about is None)


def send_test(
    version: MessageVersion, enrolment: Enrolment, *, to: str, language: str = "", now: datetime, by: str,
    of: Model | None = None,
) -> None:  # fmt: skip
    """Mail a letter as this partner would get it to a colleague; the partner gets nothing.

    `of` is what the letter is written for where it has no template of its own yet: a newsletter. Refuses what is under
    an embargo that this partner has not accepted: it would not go to her.
    """
    rendered = preview_of(version, enrolment.pk, now, language=language).rendered
    refuse_reading(version.template.program_id, enrolment.pk, f"{rendered.subject}\n{rendered.text}", now)
    subject = _("Test: %(subject)s") % {"subject": rendered.subject}
    enqueue_mail(
        f"letter-test:{new_id(now)}", to=to, subject=subject, text=rendered.text, html=rendered.html,
        language=rendered.language, now=now,
    )  # fmt: skip
    subject_of = of or version.template
    record_change(
        actor=by, verb="send_test_message", subject_kind=str(subject_of._meta.model_name), subject_id=subject_of.pk,
        before={}, after={"to": to}, now=now,
    )  # fmt: skip


def _marked(shown: str, dropped: tuple[str, ...], language: str) -> str:
    """Turn the marks of a filled preview into elements. The texts around them are escaped already."""
    label = escape(_("left out"))

    def left_out(found: re.Match[str]) -> str:
        words = escape(dropped[int(found[1])])
        return f'<span class="dropped"><span class="tag">{label}</span> <span class="f2 muted">“{words}”</span></span>'

    shown = _TOLD.sub(r'<span class="fact">\1</span><sup class="fn">\2</sup>', shown)
    with translation.override(language):
        return _DROPPED.sub(left_out, shown)


def _words_of(kinds: tuple[str, ...], block: str) -> str:
    """Say a block that was left out; where it is nothing but the fact, say which facts there are not."""
    words = re.sub(r"\{\{.*?\}\}", "…", re.sub(r"\{%.*?%\}|<[^>]*>", " ", block))
    words = re.sub(r"\s+([.,;:])", r"\1", " ".join(words.split()))
    if not re.search(r"\w", words):
        words = ", ".join(str(title_of(kind)) for kind in kinds) or words
    return words if len(words) <= 160 else f"{words[:159]}…"


def _note(number: int, fact: Mapping[str, object]) -> Note:
    n = fact["n"]
    return Note(
        number, str(fact["kind"]), n if isinstance(n, int) else 0, str(fact["from"]), str(fact["to"]), str(fact["page"])
    )
