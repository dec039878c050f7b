"""Everything a template writes with: icons, money, numbers, times, tiers, small drawings, definitions, table heads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common import marks
from hanse.faces.common.links import partner_href
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import Table

register = template.Library()

register.simple_tag(marks.icon, name="icon")
register.simple_tag(marks.spark, name="spark")
register.filter("initials", marks.initials)


def _language() -> str:
    return get_language() or "en-gb"


@register.filter
def money(amount_minor: int | None, currency: str) -> str:
    """`{{ amount_minor|money:currency }}`: £1,734.77."""
    return fmt.money(amount_minor, currency, _language())


@register.filter
def money_change(amount_minor: int | None, currency: str) -> str:
    """`+£9,782.08`, for changes only."""
    return fmt.money(amount_minor, currency, _language(), sign="+")


@register.filter
def money_whole(amount_minor: int | None, currency: str) -> SafeString | str:
    """`£162,052` with the exact amount on hover, for key figures."""
    if amount_minor is None:
        return fmt.NOTHING
    exact = fmt.money(amount_minor, currency, _language())
    return format_html('<span title="{}">{}</span>', exact, fmt.money_whole(amount_minor, currency, _language()))


@register.filter
def number(value: int | Decimal | None) -> str:
    """`6,619`."""
    return fmt.number(value, _language())


@register.filter
def number_change(value: int | Decimal | None) -> str:
    """`+18`."""
    return fmt.number(value, _language(), sign="+")


@register.filter
def count_word(value: int) -> str:
    """`nine`; from ten on in digits."""
    return fmt.count_word(value, _language())


@register.filter
def percent(share: Decimal | float | None, places: int = 1) -> str:
    """`{{ share|percent }}`: a share of 0.123 as `12.3%`; `|percent:0` in prose."""
    return fmt.percent(share, _language(), places=places)


@register.filter
def percent_change(share: Decimal | float | None, places: int = 1) -> str:
    """`+28.5%`."""
    return fmt.percent(share, _language(), places=places, sign="+")


@register.filter
def points(change: Decimal | None) -> str:
    """`−1.6 pt`, the change of a rate."""
    return fmt.points(change, _language())


@register.filter
def rate(rate_ppm: int | None) -> str:
    """Parts per million as `2.9%`."""
    return fmt.rate(rate_ppm, _language())


@register.filter
def language_name(code: str) -> str:
    """The language's own name."""
    return fmt.locale_of(code).get_display_name() or code


@register.filter
def country_name(code: str) -> str:
    """A country by its name in the reader's language; unknown codes stay as they are."""
    return str(fmt.locale_of(_language()).territories.get(code, code))


@register.simple_tag
def when(at: datetime | date | None, style: str = "day") -> SafeString | str:
    """`{% when at %}`: a real `<time>` with the exact moment on hover; styles day, time, clock, long, ago."""
    if at is None:
        return fmt.NOTHING
    now = reader()
    if not isinstance(at, datetime):
        text = fmt.long_day(at, now.language) if style == "long" else fmt.day(at, now.today, now.language)
        return format_html('<time datetime="{}">{}</time>', at.isoformat(), text)
    local = at.astimezone(now.zone)
    day = fmt.day(local.date(), now.today, now.language)
    text = {
        "day": day,
        "time": f"{day}, {local:%H:%M}",
        "clock": f"{local:%H:%M}",
        "long": fmt.long_day(local.date(), now.language),
        "ago": fmt.ago(at, now.now, now.language),
    }[style]
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        fmt.exact(at, now.zone, now.language),
        text,
    )


@register.simple_tag
def tier(of: Any) -> SafeString | str:
    """`{% tier enrolment.tier %}`: glyph and word; nothing is `–`. Takes anything with name, key and position."""
    if not of:
        return fmt.NOTHING
    return format_html('<span class="tier">{}{}</span>', marks.tier_glyph(of.position, of.key), of.name)


@register.simple_tag
def avatar(name: str, size: str = "") -> SafeString:
    """`{% avatar partner.name "l" %}`: initials in a circle; sizes s, (middle), l."""
    css = f"av {size}".strip()
    return format_html('<span class="{}" aria-hidden="true">{}</span>', css, marks.initials(name))


@register.simple_tag
def badge(text: str, colour: str = "", glyph: str = "") -> SafeString:
    """`{% badge _("Paid") "sea" "check" %}`: words in a small frame; colour sea, brick, ochre or none."""
    drawn = marks.icon(glyph, "icon-s") if glyph else ""
    return format_html('<span class="{}">{}{}</span>', f"tag {colour}".strip(), drawn, text)


@register.simple_tag
def meter(part: int, whole: int, fill: str = "c1", large: bool = False) -> SafeString:
    """`{% meter part whole "sea" %}`: one bar of a whole; say the number beside it."""
    return marks.meter([(fill, part)], whole, large=large)


@register.simple_tag
def meter_parts(parts: Sequence[tuple[str, int]], whole: int) -> SafeString:
    """Several parts of a whole in one thick bar, each with its fill."""
    return marks.meter(parts, whole, large=True)


@register.simple_tag
def short_id(text: str) -> SafeString:
    """An id shortened in the middle, whole on hover: com_01K6…7QF2."""
    head, _sep, body = text.partition("_")
    short = f"{head}_{body[:4]}…{body[-4:]}" if len(body) > 10 else text
    return format_html('<span class="mono" title="{}">{}</span>', text, short)


@register.inclusion_tag("components/definition.html", takes_context=True)
def definition(context: template.Context, text: str, about: str = "") -> dict[str, object]:
    """`{% definition _("Commission divided by value") _("Effective rate") %}`: the ⓘ, by click and keyboard."""
    part = context.get("part_of_page")  # what is put into a page later counts for itself
    return {"text": text, "about": about, "id": f"def-{part}-{_next(context)}" if part else f"def-{_next(context)}"}


def _next(context: template.Context) -> int:
    page = cast("dict[str, Any]", context.render_context.dicts[0])
    counts: dict[str, int] = page.setdefault("hanse_counts", {"definition": 0})
    counts["definition"] += 1
    return counts["definition"]


@register.inclusion_tag("components/sort_head.html")
def sort_head(table: Table[Any], key: str, css: str = "") -> dict[str, object]:
    """`{% sort_head table "value" "n" %}`: a `<th>` whose link sorts by the column and keeps the rest of the URL."""
    label = next(column.label for column in table.columns if column.key == key)
    direction = table.direction(key)
    return {"label": label, "link": table.sort_link(key), "direction": direction, "css": css}


@register.inclusion_tag("components/field.html")
def field(bound: Any, css: str = "") -> dict[str, object]:
    """`{% field form["email"] %}`: label, control, hint, error; whatever the widget."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "")
    attrs: dict[str, str] = {"class": "form-check-input" if kind in ("checkbox", "radio") else _control(widget)}
    notes = ([f"{bound.id_for_label}-error"] if bound.errors else []) + (
        [f"{bound.id_for_label}-hint"] if bound.help_text else []
    )
    if notes:
        attrs["aria-describedby"] = " ".join(notes)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    extra: Mapping[str, str] = widget.attrs
    attrs["class"] = f"{attrs['class']} {extra.get('class', '')}".strip()
    return {"bound": bound, "control": bound.as_widget(attrs=attrs), "check": kind == "checkbox", "css": css}


def _control(widget: Any) -> str:
    return "form-select" if getattr(widget, "input_type", "") == "select" else "form-control"


@register.filter
def status_word(status: str) -> str:
    """The word for an enrolment's status."""
    words = {
        "pending": _("Pending"),
        "active": _("Active"),
        "paused": _("Paused"),
        "suspended": _("Suspended"),
        "ended": _("Ended"),
    }
    return words.get(status, status)


@register.simple_tag
def status(of: str) -> SafeString:
    """An enrolment's status as a badge; only what needs a person or costs money is coloured."""
    colour = {"suspended": "brick", "pending": "ochre"}.get(of, "")
    return badge(status_word(of), colour)


@register.simple_tag
def partner_url(partner_id: UUID) -> str:
    """The path of a partner's page in the console."""
    return partner_href(partner_id)
