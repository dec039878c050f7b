"""Verbs of templates: keeping a checked version, putting a letter away, sending a test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _
from liquid.exceptions import LiquidError

from hanse.growth.templates.building import Unbuildable, build
from hanse.growth.templates.checking import FIELDS, check_source, liquid_place
from hanse.growth.templates.knowing import TOLD
from hanse.growth.templates.models import LetterKind, MessageTemplate, MessageVersion
from hanse.growth.templates.samples import sample_facts, sample_values
from hanse.growth.templates.sandbox import parsed
from hanse.growth.templates.tags import Telling
from hanse.growth.templates.types import Place
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks

MAX_LANGUAGES = 12


def keep_message(
    program: Program,
    *,
    name: str,
    kind: str,
    contents: Mapping[str, Mapping[str, str]],
    now: datetime,
    by: str,
    instead_of: MessageTemplate | None = None,
    library_key: str = "",
) -> MessageVersion:
    """Keep a letter, or a new version of `instead_of`; the same texts again make no new version.

    `contents` is `{language: {subject, body, preview?, kicker?}}`. Raises Invalid: each thing wrong has a pointer like
    `/contents/en/body`, and its message begins with line and column.
    """
    checks = Checks()
    values = {
        "name": checks.text("name", name, 100, required=True),
        "kind": checks.one_of("kind", kind, tuple(LetterKind.values)),
    }
    kept = _contents(checks, contents)
    same = MessageTemplate.objects.filter(program=program, name=values["name"], archived_at=None)
    if same.exclude(pk=instead_of.pk if instead_of else new_id(now)).exists():
        checks.refuse("name", _("Another letter has this name."), "taken")
    checks.done()
    template = instead_of
    if template is None:
        template = MessageTemplate.objects.create(
            id=new_id(now), program=program, library_key=library_key, created_at=now, **values
        )
        record_creation(template, actor=by, verb="keep_message", fields=("name", "kind"), now=now)
    else:
        audited_save(template, values, actor=by, verb="change_message", now=now)
    return _version(template, kept, now, by)


def _version(template: MessageTemplate, contents: dict[str, dict[str, str]], now: datetime, by: str) -> MessageVersion:
    latest = template.versions.order_by("-number").first()
    if latest is not None and latest.contents == contents and list(latest.contents) == list(contents):
        return latest
    number = (template.versions.aggregate(most=Max("number"))["most"] or 0) + 1
    version = MessageVersion.objects.create(
        id=new_id(now), template=template, number=number, contents=contents, created_at=now, created_by=by[:200]
    )
    record_creation(version, actor=by, verb="keep_message_version", fields=("number",), now=now)
    return version


def archive_message(template: MessageTemplate, *, now: datetime, by: str) -> None:
    """Put a letter away; what was sent with it stays."""
    if template.archived_at is not None:
        raise Refused("archived", _("This letter was put away before."))
    audited_save(template, {"archived_at": now}, actor=by, verb="archive_message", now=now)


def check_contents(contents: Mapping[str, Mapping[str, str]]) -> dict[tuple[str, str], tuple[Place, ...]]:
    """Return what is wrong with texts, by (language, field); nothing where all may be kept."""
    found: dict[tuple[str, str], tuple[Place, ...]] = {}
    for language, content in contents.items():
        for field in FIELDS:
            places = check_source(content.get(field, ""), TOLD, is_body=field == "body").places
            if places:
                found[language, field] = places
        if not any(each[0] == language for each in found):
            found |= {(language, field): (place,) for field, place in _tried(language, content)}
    return found


def _contents(checks: Checks, contents: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    kept: dict[str, dict[str, str]] = {}
    if not isinstance(contents, Mapping) or not contents:
        checks.refuse("contents", _("A letter needs a text in one language at least."), "required")
        return kept
    if len(contents) > MAX_LANGUAGES:
        checks.refuse("contents", _("At most %(limit)d entries, please.") % {"limit": MAX_LANGUAGES}, "too_long")
        return kept
    for language, content in contents.items():
        inner = Checks(f"/contents/{language[:20]}")
        code = inner.language("", language)
        texts = {field: _text(inner, field, content.get(field)) for field in FIELDS}
        for field in content.keys() - FIELDS.keys():
            inner.refuse(field, _("A letter has a subject, a preview, a kicker and a body."), "unknown_field")
        if not inner.problems:
            for (_language, field), places in check_contents({code: texts}).items():
                for place in places:
                    inner.refuse(field, said(place), place.code)
        checks.problems += inner.problems
        kept[code] = texts
    return kept


def _text(checks: Checks, field: str, value: object) -> str:
    text = value.replace("\r\n", "\n") if isinstance(value, str) else ""
    is_body = field == "body"
    return checks.text(field, text, FIELDS[field], required=field in ("subject", "body"), lines=is_body)


def said(place: Place) -> str:
    """Say a problem with its place."""
    words = _("Line %(line)d, column %(column)d: %(message)s")
    return words % {"line": place.line, "column": place.column, "message": place.message}


def _tried(language: str, content: Mapping[str, str]) -> list[tuple[str, Place]]:
    """Build and fill a letter once with samples: what only shows then is told as well."""
    telling = Telling(sample_facts(TOLD))
    values = {
        **sample_values(), "facts": telling.facts[:2], "__telling__": telling, "__language__": language,
        "__currency__": "EUR", "__subject__": "", "__preview__": "", "__kicker__": "",
        "__foot__": dict.fromkeys(("why", "stop", "stop_label", "portal", "portal_label", "sender"), ""),
    }  # fmt: skip
    for field in FIELDS:
        try:
            parsed(content.get(field, ""), False).render(values)
        except (LiquidError, RecursionError) as refused:
            return [(field, liquid_place(content.get(field, ""), refused))]
    try:
        built = build(content["body"], content["subject"], content.get("preview", ""), language)
        for source, is_html in ((built.html, True), (built.text, False), (built.preview, True)):
            parsed(source, is_html).render(values)
    except (LiquidError, Unbuildable, RecursionError) as refused:
        message = getattr(refused, "message", None) or str(refused)
        return [("body", Place(1, 1, _("This cannot be built: %s.") % str(message).rstrip("."), "unbuildable"))]
    return []
