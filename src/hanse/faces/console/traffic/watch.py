"""Watch: faults that go on, orders by checkout host, links beside their past, pages, how often the rule is wrong."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from hanse.faces.common import format as fmt
from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import needs_program, tell, warn
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.messages.faults import odds_of
from hanse.faces.console.messages.incidents import kind_words
from hanse.faces.console.traffic.frame import traffic_page
from hanse.growth.watch.mending import dismiss_host, list_host
from hanse.growth.watch.models import CheckedDestination, LinkLook, ProgramLook
from hanse.growth.watch.queries import checkout_hosts, looks_of, odd_pages, open_faults, page_counts, pages_of
from hanse.growth.watch.rules import FALSE_ALARMS_A_YEAR
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, Refused
from hanse.programs.programs.models import Program
from hanse.traffic.links.models import Link

_LINKS = 20


def hint_words() -> dict[str, str]:
    """Return what the hints about pages are called, and why a page counts as broken."""
    return {
        "off_site": _("leads to another site"), "token_dropped": _("loses the click token on the way"),
        "front_page": _("ends on the front page"), "says_gone": _("says that the page is gone"),
        "tiny": _("has hardly any text"), "long_chain": _("goes through many redirects"),
        "not_secure": _("ends without encryption"), "refuses_us": _("does not answer machines"),
        "redirect_loop": _("leads in a circle"), "not_reached": _("cannot be reached"),
    }  # fmt: skip


def page_words(page: CheckedDestination) -> str:
    """Return what came of looking at a page, in words."""
    words = hint_words()
    if page.reason:
        key = page.reason.partition(":")[0]
        return words.get(key) or _("answers %(status)s") % {"status": page.reason.removeprefix("status_")}
    return ", ".join(words.get(hint, hint) for hint in page.hints) or _("answers well")


@console_page()
@needs_program
def watch(request: HttpRequest, program: Program) -> HttpResponseBase:
    """Show what is watched and what was found."""
    now = clock.now()
    looks = list(looks_of(program.pk)[:_LINKS])
    names = dict(
        Link.objects.filter(number__in=[look.link_number for look in looks])
        .values_list("number", "slug")
    )  # fmt: skip
    look = ProgramLook.objects.filter(program=program).first()
    context = {
        "faults": list(open_faults(program.pk)[:20]), "words": kind_words(),
        "hosts": checkout_hosts(program, local_day(now, program.time_zone)),
        "looks": [(one, names.get(one.link_number, ""), _odds(one), one.expected_hundredths / 100) for one in looks],
        "look": look, "replay": _replay(look), "budget": FALSE_ALARMS_A_YEAR,
        "counts": page_counts(program, now), "pages": [(page, page_words(page)) for page in odd_pages(program)[:10]],
        "may_act": may(request),
    }  # fmt: skip
    return traffic_page(request, program, "console/traffic/watch.html", "watch", context)


@console_page()
@needs_program
def pages(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List the pages that links lead to, those that fail first."""
    state = UrlState(request.GET)
    rows = odd_pages(program) if state.choice("show", ("all", "odd"), "all") == "odd" else pages_of(program)
    if text := state.text("q"):
        rows = rows.filter(url__icontains=text)
    columns: list[Column[CheckedDestination]] = [
        Column("url", _("Page"), order=("url",), cell=lambda one: one.url),
        Column("state", _("What came of it"), order=("failed_since", "url"), cell=page_words),
        Column("final", _("Where it ends"), cell=lambda one: one.final_url),
        Column("checked", _("Looked at"), order=("checked_at",), cell=lambda one: one.checked_at.isoformat()),
    ]
    table: Table[CheckedDestination] = Table(state, rows, columns, "-state")
    if wants_csv(request):
        return export("pages", table)
    context = {"table": table, "rows": [(page, page_words(page)) for page in table.page_rows], "q": state.text("q"),
               "show": state.choice("show", ("all", "odd"), "all"), "state": state}  # fmt: skip
    return traffic_page(request, program, "console/traffic/watch_pages.html", "watch", context)


@console_page()
@require_POST
@writes
@needs_program
def add(request: HttpRequest, program: Program) -> HttpResponse:
    """Add a host to the program's list of domains; what its pages told is looked at again."""
    host = request.POST.get("host", "")[:253]
    try:
        count = list_host(program, host, now=clock.now(), by=actor(request))
    except (Invalid, Refused) as problem:
        warn(request, str(problem))
    else:
        text = ngettext(
            "Added. %(n)d order is being looked at again.", "Added. %(n)d orders are being looked at again.", count
        )
        tell(request, text % {"n": count})
    return HttpResponseRedirect(reverse("console:watch"))


@console_page()
@require_POST
@writes
@needs_program
def dismiss(request: HttpRequest, program: Program) -> HttpResponse:
    """Close what pages of a stranger's host told."""
    count = dismiss_host(program, request.POST.get("host", "")[:253], now=clock.now(), by=actor(request))
    text = ngettext("Dismissed. %(n)d row stays under Parked.", "Dismissed. %(n)d rows stay under Parked.", count)
    tell(request, text % {"n": count})
    return HttpResponseRedirect(reverse("console:watch"))


def _replay(look: ProgramLook | None) -> dict[str, object]:
    """Return the replayed year with its days as they are written."""
    if look is None or not look.replay:
        return {}
    language = reader().language
    days = {name: fmt.plain_day(date.fromisoformat(look.replay[name]), language, year=True)
            for name in ("first", "last")}  # fmt: skip
    return {**look.replay, **days}


def _odds(one: LinkLook) -> str:
    return odds_of({"chance": one.chance}) if one.chance < 1 / 20 else ""
