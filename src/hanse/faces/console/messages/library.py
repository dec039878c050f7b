"""The shipped library: by tier, read by a real partner before it becomes a letter of the program."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from hanse.faces.common.access import console_page, may
from hanse.faces.common.page import needs_program
from hanse.faces.console.messages.frame import messages_page, readers
from hanse.faces.console.messages.writing import kind_words, language_here, look, reader_here, start_of
from hanse.growth.templates.library import Shipped, shipped, shipped_by_key
from hanse.growth.templates.models import MessageTemplate
from hanse.kernel.errors import NotFound
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of


@console_page()
@needs_program
def library(request: HttpRequest, program: Program) -> HttpResponse:
    """List the library by the tier that each letter is for."""
    taken = MessageTemplate.objects.filter(program=program, archived_at=None).exclude(library_key="")
    kept = dict(taken.values_list("library_key", "pk"))
    names = {tier.key: tier.name for tier in tiers_of(program.pk)} | {"all": _("Everybody")}
    groups: dict[str, list[Shipped]] = {}
    for letter in shipped():
        groups.setdefault(letter.tiers[0], []).append(letter)
    shown = [
        (names.get(key, key.title()), [(letter, kept.get(letter.key)) for letter in letters])
        for key, letters in groups.items()
    ]
    context = {"groups": shown, "words": kind_words(), "count": len(shipped()), "kept": len(kept)}
    return messages_page(request, "console/messages/library.html", "library", context)


@console_page()
@needs_program
def library_letter(request: HttpRequest, program: Program, key: str) -> HttpResponse:
    """Show one letter of the library as a partner would read it."""
    try:
        letter = shipped_by_key(key)
    except NotFound as missing:
        raise Http404 from missing
    _name, kind, contents = start_of(key)
    rows = readers(program)
    language = language_here(request, contents)
    language = language if language in contents else "en"
    looked = look(program, kind, contents, language, reader_here(request, rows))
    kept = MessageTemplate.objects.filter(program=program, archived_at=None, library_key=key).first()
    context = {
        "letter": letter, "looked": looked, "readers": rows, "language": language, "kept": kept, "program": program,
        "languages": [(code, True, code == language) for code in contents], "words": kind_words(),
        "body": contents[language]["body"], "may_act": may(request), "tier_word": _tiers(program, letter),
    }  # fmt: skip
    return messages_page(request, "console/messages/library_letter.html", "library", context)


def _tiers(program: Program, letter: Shipped) -> str:
    names = {tier.key: tier.name for tier in tiers_of(program.pk)} | {"all": _("everybody")}
    return ", ".join(names.get(key, key) for key in letter.tiers)
