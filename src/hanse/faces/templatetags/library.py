"""Template tags of stored files and resources: `{% load library %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hanse.faces.common import marks
from hanse.growth.resources.files.addresses import media_href
from hanse.growth.resources.files.models import StoredFile
from hanse.growth.resources.files.types import SHOWN

register = template.Library()
register.simple_tag(media_href, name="media_href")


@register.simple_tag
def res_picture(file: StoredFile | None, icon: str) -> SafeString:
    """`{% res_picture file "photo" %}`: the little picture of a file, or an icon where there is none."""
    if file is not None and file.kind in SHOWN:
        css = "res-thumb whole" if file.kind == "svg" else "res-thumb"
        return format_html('<img class="{}" src="{}" alt="" loading="lazy">', css, media_href(file, is_small=True))
    return format_html('<span class="res-thumb" aria-hidden="true">{}</span>', marks.icon(icon))


@register.inclusion_tag("console/resources/targets.html")
def target_boxes(form: Any) -> dict[str, Any]:
    """`{% target_boxes form %}`: tiers, types, channels and language of a target form."""
    return {"form": form, "boxes": [form["tiers"], form["types"], form["channels"]]}
