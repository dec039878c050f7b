"""Pieces: what partners published, what each brought, which old ones are worth a refresh; noting one by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.content_words import piece_line
from hanse.faces.common.links import partner_href
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.content import people
from hanse.faces.console.content.forms import PieceForm
from hanse.faces.console.content.frame import content_page
from hanse.faces.console.forms import attempt
from hanse.growth.content.actions import moment_of, note_piece
from hanse.growth.content.addresses import CHANNELS
from hanse.growth.content.models import Piece
from hanse.growth.content.queries import best_pieces, pieces_in, worth_a_refresh
from hanse.growth.content.words import channel_name, source_name
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.kernel.money import decimal_text
from hanse.programs.programs.models import Program

SHOWN = ("refresh", "untracked", "other", "sold")
_PERIOD_DAYS = 90
_BEST, _REFRESH = 5, 5
_MANY, _COUNTED_SECONDS = 20_000, 600


@console_page()
@needs_program
@require_GET
def pieces(request: HttpRequest, program: Program) -> HttpResponseBase:
    """List pieces, the newest first; the same list as CSV."""
    state, now = UrlState(request.GET), clock.now()
    channel, show, query = state.choice("channel", CHANNELS), state.choice("show", SHOWN), state.text("q")
    table = Table(state, _rows(program, channel, show, query), _columns(program), "-published")
    if wants_csv(request):
        return export("pieces", table)
    whole = Piece.objects.filter(program=program, hidden_at=None)
    recent = whole.filter(published_at__gte=now - timedelta(days=_PERIOD_DAYS)).exclude(about=Piece.About.OTHER)
    recent = recent.exclude(source=Piece.Source.REFERRER)
    refresh = worth_a_refresh(now).filter(program=program).select_related("enrolment__partner")
    used, untracked = _counted(program, whole)
    context = {
        "program": program, "table": table, "lines": [_line(row) for row in table.page_rows], "query": query,
        "show": show, "channel": channel, "may_act": may(request), "days": _PERIOD_DAYS, "total": sum(used.values()),
        "sums": recent.aggregate(
            n=Count("pk"), partners=Count("enrolment", distinct=True), clicks=Sum("clicks", default=0),
            sales=Sum("sales", default=0), value=Sum("value_minor", default=0),
        ),
        "best": [_line(row) for row in best_pieces(program.pk, _BEST)],
        "refresh": [_line(row) for row in refresh[:_REFRESH]], "refresh_count": refresh.count(),
        "untracked_count": untracked,
        "channels": [(channel_name(key), used[key], state.link(channel=key), key == channel) for key in CHANNELS
                     if key in used],
        "all_channels": state.link(channel=""), "refresh_link": state.link(show="refresh", channel="", q=""),
        "untracked_link": state.link(show="untracked", channel="", q=""), "show_all": state.link(show=""),
    }  # fmt: skip
    return content_page(request, "console/content/pieces.html", "pieces", context)


@console_page()
@writes
@needs_program
def note(request: HttpRequest, program: Program) -> HttpResponse:
    """Note a piece that somebody saw."""
    form = PieceForm(request.POST or None, initial={"partner": people.name_of(program, request.GET.get("partner", ""))})
    if request.method == "POST" and form.is_valid():
        kept = _keep(request, program, form)
        if kept is not None:
            tell(request, _("Noted."))
            return HttpResponseRedirect(reverse("console:piece", args=[text_id("pce", kept.pk)]), status=303)
    context = {"form": form, "partners": people.names(program)}
    status = 422 if request.method == "POST" else 200
    return content_page(request, "console/content/note.html", "pieces", context, status=status)


def _keep(request: HttpRequest, program: Program, form: PieceForm) -> Piece | None:
    said = form.cleaned_data
    who = people.named_partner(program, said["partner"])
    if who is None:
        form.add_error("partner", _("There is no partner with this name or address here."))
        return None
    now = clock.now()
    return attempt(form, lambda: note_piece(
        who, address=said["address"], title=said["title"], text=said["text"], channel=said["channel"],
        published_at=moment_of(said["published_on"], program.time_zone, now), source=Piece.Source.TEAM, now=now,
        by=actor(request),
    ), {"published_at": "published_on"})  # fmt: skip


def _counted(program: Program, whole: QuerySet[Piece]) -> tuple[dict[str, int], int]:
    """Count pieces by channel, and those that name the shop without a link. Of very many it may be ten minutes old."""
    key = f"pieces-counted:{program.pk}"
    known: tuple[dict[str, int], int] | None = cache.get(key)
    if known is not None:
        return known
    used = dict(whole.order_by().values_list("channel").annotate(n=Count("pk")))
    found = used, whole.filter(links__untracked__gt=0, links__links=[]).count()
    if sum(used.values()) > _MANY:
        cache.set(key, found, _COUNTED_SECONDS)
    return found


def _rows(program: Program, channel: str, show: str, query: str) -> QuerySet[Piece]:
    rows = pieces_in(program.pk)
    if show == "refresh":
        rows = worth_a_refresh(clock.now()).filter(program=program).select_related("enrolment__partner", "feed")
    elif show == "untracked":
        rows = rows.filter(links__untracked__gt=0, links__links=[])
    elif show == "sold":
        rows = rows.filter(sales__gt=0)
    elif show == "other":
        rows = rows.filter(about=Piece.About.OTHER)
    if channel:
        rows = rows.filter(channel=channel)
    if query:
        rows = rows.filter(
            Q(title__icontains=query) | Q(address__icontains=query) | Q(enrolment__partner__name__icontains=query)
        )
    return rows


def _line(row: Piece) -> dict[str, Any]:
    return {"line": piece_line(row), "partner": row.enrolment.partner, "href": partner_href(row.enrolment.partner_id)}


def _columns(program: Program) -> list[Column[Piece]]:
    return [
        Column("published", _("Published"), ("published_at",), lambda row: row.published_at),
        Column("partner", _("Partner"), ("enrolment__partner__name",), lambda row: row.enrolment.partner.name),
        Column("title", _("Title"), ("title",), lambda row: row.title),
        Column("address", _("Address"), (), lambda row: row.address),
        Column("channel", _("Channel"), ("channel",), lambda row: channel_name(row.channel)),
        Column("source", _("Found in"), ("source",), lambda row: source_name(row.source)),
        Column("clicks", _("Clicks"), ("clicks",), lambda row: row.clicks, is_number=True),
        Column("recent", _("Clicks in 90 days"), ("clicks_90d",), lambda row: row.clicks_90d, is_number=True),
        Column("sales", _("Sales"), ("sales",), lambda row: row.sales, is_number=True),
        Column(
            "value", _("Value"), ("value_minor",), lambda row: decimal_text(row.value_minor, program.currency),
            is_number=True,
        ),
    ]  # fmt: skip
