"""Forms of content: a feed to read, a piece to note."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from hanse.faces.console.forms import PlainForm
from hanse.growth.content.addresses import CHANNELS
from hanse.growth.content.words import channel_name


def _partner() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Partner"), max_length=200,
        widget=forms.TextInput(attrs={"list": "partners", "autocomplete": "off"}),
    )  # fmt: skip


class FeedForm(PlainForm):
    """A feed of a partner."""

    partner = _partner()
    address = forms.CharField(
        label=gettext_lazy("Address of the feed, the site or the channel"), max_length=1000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "https://"}),
        help_text=gettext_lazy("RSS, Atom, a podcast’s feed, a YouTube channel, or a page that names its feed."),
    )  # fmt: skip


class PieceForm(PlainForm):
    """A piece that somebody saw."""

    partner = _partner()
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=1000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "https://"}),
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("Title"), max_length=300, required=False)
    published_on = forms.DateField(
        label=gettext_lazy("Published on"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Left empty: today"),
    )  # fmt: skip
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Text or description"), max_length=20_000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Links and codes in it are recognised; the text itself is not kept."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["channel"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", gettext_lazy("By its address")), *((key, channel_name(key)) for key in CHANNELS)]
