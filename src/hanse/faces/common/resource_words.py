"""Words of resources: kinds, channels, what files are, for whom something is, what was taken out of an upload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hanse.growth.demarcation.queries import type_names
from hanse.growth.resources.files.models import StoredFile
from hanse.growth.resources.types import CHANNELS, Target
from hanse.programs.programs.models import Program
from hanse.programs.tiers.queries import tiers_of


def kind_words() -> dict[str, str]:
    """Return the kinds of resources by their names, in the order in which partners need them."""
    return {
        "logo": pgettext("resource", "Logo"), "picture": pgettext("resource", "Picture"),
        "copy": pgettext("resource", "Copy"), "template": pgettext("resource", "Template"),
        "demo": _("Demo script"), "walkthrough": _("Walkthrough"), "example": _("Proven example"),
        "comparison": _("Comparison"), "guide": pgettext("resource", "Guide"),
    }  # fmt: skip


def kind_icons() -> dict[str, str]:
    """Return the icons of kinds."""
    return {
        "logo": "flag", "picture": "photo", "copy": "message", "template": "clipboard-list", "demo": "player-play",
        "walkthrough": "route", "example": "circle-check", "comparison": "table", "guide": "books",
    }  # fmt: skip


def channel_words() -> dict[str, str]:
    """Return the channels by name."""
    own = {
        "site": _("Website or blog"), "newsletter": _("Newsletter"), "youtube": "YouTube", "podcast": _("Podcast"),
        "instagram": "Instagram", "tiktok": "TikTok", "facebook": "Facebook", "pinterest": "Pinterest", "x": "X",
        "threads": "Threads", "linkedin": "LinkedIn", "telegram": "Telegram", "discord": "Discord",
        "twitch": "Twitch", "community": _("Community"), "event": pgettext("channel", "Event"),
        "other": pgettext("channel", "Other"),
    }  # fmt: skip
    return {key: own[key] for key in CHANNELS}


def language_words() -> dict[str, str]:
    """Return the languages that texts are usually written in, by their own names."""
    return {
        "en": "English", "es": "Español", "pl": "Polski", "ru": "Русский", "zh-hant": "繁體中文", "de": "Deutsch",
        "fr": "Français", "it": "Italiano", "nl": "Nederlands", "sv": "Svenska", "da": "Dansk", "pt": "Português",
    }  # fmt: skip


def file_words(file: StoredFile) -> str:
    """Return what a file is in a few words: `PNG, 1200 × 800, 84.1 KB`."""
    size = f"{file.width_px} × {file.height_px}" if file.width_px and file.height_px else ""
    names = {"text": "TXT", "markdown": "Markdown", "jpeg": "JPEG", "webp": "WebP"}
    return ", ".join(
        one for one in (names.get(file.kind, file.kind.upper()), size, filesizeformat(file.size_bytes)) if one
    )


def mended_words(codes: Iterable[str]) -> list[str]:
    """Return what was taken out of an upload, in words."""
    words = {
        "camera_data": _("camera data and place"), "extras": _("what only the drawing program or system needs"),
        "links": _("links of the drawing"), "names": _("endings that hid what a file is"),
    }  # fmt: skip
    return [words.get(code, code) for code in codes]


class TargetWords:
    """Says for whom things are, with names read once for a page."""

    def __init__(self, program: Program) -> None:
        self.tiers = {tier.key: tier.name for tier in tiers_of(program.pk)}
        self.types, self.channels = type_names(), channel_words()

    def said(self, target: Target) -> str:
        """Return for whom something is, like `Power · creators · Instagram`; everybody where nothing is named."""
        parts = [
            self._named(target.tiers, self.tiers), self._named(target.types, self.types),
            self._named(target.channels, self.channels),
        ]  # fmt: skip
        return " · ".join(part for part in parts if part) or _("Everybody")

    @staticmethod
    def _named(keys: Sequence[str], names: Mapping[str, str]) -> str:
        return ", ".join(names.get(key, key) for key in keys)
