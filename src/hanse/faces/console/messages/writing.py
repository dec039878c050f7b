"""Writing a letter: one language at a time, read by a real partner beside it while it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from hanse.faces.common.format import plain_day
from hanse.faces.common.reader import reader
from hanse.faces.console.forms import PlainForm
from hanse.growth.templates.actions import check_contents, said
from hanse.growth.templates.context import ABOUT, FACT, VARIABLES
from hanse.growth.templates.knowing import TOLD
from hanse.growth.templates.library import shipped
from hanse.growth.templates.models import LetterKind, MessageTemplate
from hanse.growth.templates.previews import Note, Preview, preview_of, unsaved
from hanse.insight.facts.titles import title_of
from hanse.kernel import clock
from hanse.kernel.errors import NotFound, Refused
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

LANGUAGES = ("en", "es", "pl", "ru", "zh-hant")
TEXTS = ("subject", "preview", "kicker", "body")
Contents = dict[str, dict[str, str]]


def kind_words() -> dict[str, str]:
    """Return what the kinds of letters are called."""
    return {
        "welcome": pgettext("mail", "Welcome"), "newsletter": pgettext("mail", "Newsletter"),
        "insight": pgettext("mail", "Their numbers"), "ideas": pgettext("mail", "Ideas"),
        "comeback": pgettext("mail", "Coming back"), "thanks": pgettext("mail", "Thanks"),
        "invitation": pgettext("mail", "Invitation"), "honesty": pgettext("mail", "Honesty"),
        "transactional": pgettext("mail", "Owed"),
    }  # fmt: skip


class LetterForm(PlainForm):
    """One language of a letter, with what all languages share."""

    name = forms.CharField(label=gettext_lazy("Name, for the team"), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("What it is for"))
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    preview = forms.CharField(label=gettext_lazy("What the list of mails shows"), max_length=200, required=False)
    kicker = forms.CharField(label=gettext_lazy("Small line on top"), max_length=100, required=False)
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=20_000, widget=forms.Textarea({"rows": 22, "spellcheck": "true"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["kind"]
        assert isinstance(choice, forms.ChoiceField)
        words = kind_words()
        choice.choices = [(kind, words[kind]) for kind in LetterKind.values]
        self.fields["body"].widget.attrs["class"] = "mono-text"


@dataclass(frozen=True, slots=True)
class Looked:
    """What stands beside the text: the letter as somebody reads it, or what is wrong with it."""

    reader: Enrolment | None
    preview: Preview | None
    problems: tuple[str, ...]

    @property
    def notes(self) -> list[tuple[str, str]]:
        """Where each marked statement comes from, in words, and the page that shows all of its kind."""
        found = self.preview.notes if self.preview else ()
        return [(_note(note), reverse("console:facts_of_kind", args=[note.kind])) for note in found]


def _note(note: Note) -> str:
    language = reader().language
    since, until = (plain_day(date.fromisoformat(day), language) for day in (note.period_from, note.period_to))
    words = ngettext(
        "%(fact)s, %(since)s – %(until)s, from %(n)d case", "%(fact)s, %(since)s – %(until)s, from %(n)d cases", note.n
    )
    return words % {"fact": title_of(note.kind), "since": since, "until": until, "n": note.n}


def look(
    program: Program, kind: str, contents: Contents, language: str, partner: Enrolment | None,
    about: Mapping[str, Mapping[str, object]] | None = None,
) -> Looked:  # fmt: skip
    """Check one language of a letter and fill it for a reader. Writes nothing."""
    content = contents.get(language, {})
    if not any(content.get(text, "").strip() for text in ("subject", "body")):
        return Looked(partner, None, ())
    found = check_contents({language: {text: content.get(text, "") for text in TEXTS}})
    names = {"subject": _("Subject"), "preview": _("List of mails"), "kicker": _("Small line"), "body": _("Text")}
    problems = tuple(
        f"{names[field]}: {said(place)}" for (_language, field), places in found.items() for place in places
    )
    if problems or partner is None:
        return Looked(partner, None, problems)
    version = unsaved(program, kind if kind in LetterKind.values else "ideas", contents)
    try:
        return Looked(partner, preview_of(version, partner.pk, clock.now(), language=language, about=about), ())
    except (Refused, NotFound) as refused:
        return Looked(partner, None, (refused.message if isinstance(refused, Refused) else str(refused),))


def typed(request: HttpRequest, before: Mapping[str, Mapping[str, str]], language: str) -> Contents:
    """Return the contents with what was typed for one language; an emptied language goes, unless it is the only one."""
    contents = {code: dict(content) for code, content in before.items()}
    written = {text: request.POST.get(text, "").replace("\r\n", "\n").strip("\n") for text in TEXTS}
    if len(contents) > 1 and language in contents and not (written["subject"].strip() or written["body"].strip()):
        del contents[language]
    else:
        contents[language] = written
    return contents


def start_of(key: str) -> tuple[str, str, Contents]:
    """Return name, kind and texts that a new letter begins with: those of a letter of the library, or none."""
    found = next((letter for letter in shipped() if letter.key == key), None)
    if found is None:
        return "", "ideas", {}
    return found.name, found.kind, {code: dict(content) for code, content in found.contents.items()}


def language_here(request: HttpRequest, contents: Mapping[str, object]) -> str:
    """Return the language that is written now: asked for, else the letter's first, else English."""
    asked = request.POST.get("language") or request.GET.get("language", "")
    return asked if asked in LANGUAGES else next(iter(contents), "en")


def reader_here(request: HttpRequest, rows: list[Enrolment]) -> Enrolment | None:
    """Return the partner who reads along: the one asked for, else the first by name."""
    asked = request.POST.get("as") or request.GET.get("as", "")
    return next((row for row in rows if str(row.pk) == asked), rows[0] if rows else None)


def vocabulary() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return everything that letters may speak of, by group, for the page's help."""
    facts = sorted((str(title_of(kind)), kind) for kind in TOLD)
    names = [(f"{{{{ {name} }}}}" if each.kind != "list" else f"{{% for … in {name} %}}", str(each.meaning))
             for name, each in VARIABLES.items()]  # fmt: skip
    return [
        (_("Names"), names),
        (_("Facts; the block drops where there is none"), [(f'{{% fact "{kind}" %}}', title) for title, kind in facts]),
        (_("Inside a fact"), [(f"{{{{ {name} }}}}", str(each.meaning)) for name, each in FACT.items()]),
        (_("On an occasion"), [(f"{{{{ {name} }}}}", str(each.meaning)) for name, each in ABOUT.items()]),
        (_("Ways to write"), [
            ("# …", _("headline")), ("[…](…)", _("a link; alone on a line it is the button")),
            ("> …", _("a framed line, as for a link to copy")), ("| … | … |", _("a row of a small table")),
            ("{{ … | money }}", _("an amount")), ('{{ … | count: "sale", "sales" }}', _("a number with its word")),
            ("{{ … | day }}", _("a date")), ("{% if … %}{% endif %}", _("only where it is known")),
        ]),
    ]  # fmt: skip


def template_of(program: Program, message_id: UUID) -> MessageTemplate | None:
    """Return a letter of the program that is not put away."""
    return MessageTemplate.objects.filter(program=program, pk=message_id, archived_at=None).first()
