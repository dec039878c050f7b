"""Kits and prompts in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hanse.growth.kits.types import CHANNELS


def channel_names() -> dict[str, str]:
    """Return what channels are called, in the order in which they are offered."""
    names = {
        "newsletter": _("Newsletter"), "blog": _("Blog or website"), "instagram": _("Instagram post"),
        "stories": _("Instagram Stories"), "tiktok": _("TikTok"), "youtube": _("YouTube"), "podcast": _("Podcast"),
        "facebook": _("Facebook"), "x": _("X"), "linkedin": _("LinkedIn"), "pinterest": _("Pinterest"),
        "whatsapp": _("WhatsApp"), "discord": _("Discord or Slack"), "other": pgettext("channel", "Anywhere else"),
    }  # fmt: skip
    return {key: names[key] for key in CHANNELS}


def stage_words(stage: str) -> tuple[str, str]:
    """Return the word and the colour of where a kit or a prompt is."""
    return {
        "draft": (pgettext("kit", "Draft"), ""), "upcoming": (pgettext("kit", "Not begun"), ""),
        "open": (pgettext("kit", "Open"), "sea"), "over": (pgettext("kit", "Over"), ""),
        "withdrawn": (pgettext("kit", "Taken back"), ""), "planned": (pgettext("prompt", "Not seen yet"), ""),
        "shown": (pgettext("prompt", "Partners see it"), "sea"),
    }[stage]  # fmt: skip


def kind_words(kind: str) -> tuple[str, str]:
    """Return the word and the icon of a kind of prompt."""
    return {
        "launch": (pgettext("prompt", "Launch"), "rocket"), "season": (pgettext("prompt", "Season"), "sun"),
        "theme": (pgettext("prompt", "Theme"), "bulb"),
    }[kind]  # fmt: skip


def example_words(state: str) -> tuple[str, str]:
    """Return the word and the colour of an author's consent."""
    return {
        "asked": (_("Asked"), "ochre"), "agreed": (_("Agreed"), "sea"), "declined": (_("Said no"), ""),
        "withdrawn": (_("Consent taken back"), ""),
    }[state]  # fmt: skip
