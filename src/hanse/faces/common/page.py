"""The frame around a console page: which program, where we are, what the side nav counts; and how a change is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hanse.faces.common.access import team_member
from hanse.faces.common.drawn_in import draw_in, sent_from
from hanse.faces.common.reader import activate_zone
from hanse.growth.today.queries import nav_counts
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program

P = ParamSpec("P")
ProgramView = Callable[Concatenate[HttpRequest, Program, P], HttpResponseBase]


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of a nav. `count` is what waits or how many there are; zero is not shown."""

    key: str
    name: str
    icon: str
    href: str
    count: int = 0
    is_here: bool = False
    opens_group: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What `console/base.html` draws around every page."""

    items: Sequence[NavItem]
    tabs: Sequence[NavItem]
    person: str
    program: Program | None
    programs: Sequence[Program]
    settings_href: str

    @property
    def program_name(self) -> str:
        """The name under the person's."""
        return self.program.name if self.program else ""


# key, name, icon, url name, opens a group. A page that is not there yet is not linked.
_NAV = (
    ("today", gettext_noop("Today"), "list-check", "console:today", False),
    ("overview", gettext_noop("Overview"), "chart-line", "console:overview", False),
    ("partners", gettext_noop("Partners"), "users", "console:partners", False),
    ("recruit", gettext_noop("Recruit"), "user-search", "console:recruit", True),
    ("programs", gettext_noop("Programs & terms"), "file-text", "console:programs", False),
    ("traffic", gettext_noop("Traffic"), "route", "console:traffic", False),
    ("money", gettext_noop("Money"), "cash", "console:money", False),
    ("tiers", gettext_noop("Tiers"), "stairs-up", "console:tiers", True),
    ("messages", gettext_noop("Messages"), "mail", "console:messages", False),
    ("content", gettext_noop("Content"), "news", "console:content", False),
    ("resources", gettext_noop("Resources"), "books", "console:resources", False),
    ("settings", gettext_noop("Settings"), "settings", "console:settings", True),
)
_TABS = ("today", "partners", "recruit", "overview")


def _href(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _nav(here: str, counts: Mapping[str, int]) -> list[NavItem]:
    return [
        NavItem(key, _(name), glyph, href, counts.get(key, 0), key == here, opens_group)
        for key, name, glyph, url_name, opens_group in _NAV
        if (href := _href(url_name))
    ]


def pages() -> list[NavItem]:
    """Return every page of the side nav, for the palette."""
    return _nav("", {})


def frame(request: HttpRequest, here: str) -> Page:
    """Return the frame of a console page that lies under nav item `here`. Costs three queries."""
    programs = _programs(request)
    program = _chosen(request, programs)
    counts = nav_counts(program) if program else None
    shown = {"today": counts.today, "partners": counts.partners, "recruit": counts.applications} if counts else {}
    items = _nav(here, shown)
    by_key = {item.key: item for item in items}
    person = team_member(request)
    return Page(
        [item for item in items if item.key != "settings"],
        [by_key[key] for key in _TABS if key in by_key],
        person.name or person.email,
        program,
        programs,
        by_key["settings"].href if "settings" in by_key else "",
    )


def console(
    request: HttpRequest, template: str, here: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Answer with a console page in its frame; `page` is the frame's name in templates."""
    return render(request, template, {**(context or {}), "page": frame(request, here)}, status=status)


def needs_program(view: ProgramView[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Give the view the program that the person works in, and write times in its zone unless the person has an own one.

    Without any program the answer is the page that says how to start one. A form acts in the program that it was drawn
    in, whatever another tab chose since; raises Http404 when that one is archived.
    """

    @wraps(view)
    def within(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        program = current_program(request)
        if sent_from(request) not in ("", text_id("prg", program.pk) if program else ""):
            raise Http404
        if program is None:
            return console(request, "console/no_program.html", "today", {"start_href": _href("console:program_new")})
        if not team_member(request).time_zone:
            activate_zone(program.time_zone)
        return view(request, program, *args, **kwargs)

    return within


def current_program(request: HttpRequest) -> Program | None:
    """Return the program chosen by `?program=slug`, else the one last chosen, else the oldest; None without any."""
    return _chosen(request, _programs(request))


def _programs(request: HttpRequest) -> list[Program]:
    known: list[Program] | None = getattr(request, "hanse_programs", None)
    if known is None:
        known = list(Program.objects.filter(archived_at=None).order_by("created_at", "id"))
        request.hanse_programs = known  # type: ignore[attr-defined]  # read again by the frame of the same page
    return known


def _chosen(request: HttpRequest, programs: Sequence[Program]) -> Program | None:
    source = sent_from(request)
    asked = next((one.slug for one in programs if text_id("prg", one.pk) == source), request.GET.get("program"))
    by_slug = {program.slug: program for program in programs}
    if asked in by_slug and request.session.get("program") != asked:
        request.session["program"] = asked
    program = by_slug.get(str(request.session.get("program", ""))) or (programs[0] if programs else None)
    draw_in(request, program)
    return program


def tell(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Say what was done in a toast on the next page; `undo` is the path that a POST takes it back with."""
    messages.success(request, text, extra_tags=undo)


def warn(request: HttpRequest, text: str) -> None:
    """Say in a toast what was not done, and why."""
    messages.warning(request, text)
