"""Forms of resources and answers: what it says and holds, and for whom it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hanse.faces.common.resource_words import TargetWords, kind_words, language_words
from hanse.faces.console.forms import PlainForm
from hanse.growth.resources.content import Content
from hanse.growth.resources.files.types import EXTENSIONS, MEGABYTE, MOST_BYTES
from hanse.growth.resources.models import ResourceVersion
from hanse.growth.resources.types import Target
from hanse.programs.programs.models import Program

ACCEPTED = ",".join(ending for endings in EXTENSIONS.values() for ending in endings)


def _text(label: Any, rows: int, limit: int, hint: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=limit, required=False, widget=widget, help_text=hint)


def _boxes(label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple)


class TargetForm(PlainForm):
    """For whom something is; nothing chosen means everybody."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    tiers = _boxes(gettext_lazy("Tiers"))
    types = _boxes(gettext_lazy("Types"))
    channels = _boxes(gettext_lazy("Channels"))

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = TargetWords(program)
        _offer(self, "tiers", list(words.tiers.items()))
        _offer(self, "types", list(words.types.items()))
        _offer(self, "channels", list(words.channels.items()))
        _offer(self, "language", [("", _("Has no words, or suits every language")), *language_words().items()])

    def target(self) -> Target:
        """Return what was chosen."""
        said = self.cleaned_data
        return Target(said["tiers"], said["types"], said["channels"], said["language"])


class ContentForm(PlainForm):
    """What one version says and holds."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=140)
    summary = forms.CharField(
        label=gettext_lazy("In a sentence"), max_length=300, required=False,
        help_text=gettext_lazy("What it is good for, as partners read it in the list."),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("File"), required=False, max_length=1000,
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED, "data-most-bytes": str(MOST_BYTES)}),
    )  # fmt: skip
    body = _text(
        gettext_lazy("Text"), 8, 20_000,
        gettext_lazy("Copy is taken as it is; other texts may use Markdown: **bold**, lists, links."),
    )  # fmt: skip
    address = forms.URLField(
        label=gettext_lazy("Or where it is"), max_length=500, required=False, assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=gettext_lazy("For films and anything large."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "PNG, JPEG, GIF, WebP, SVG, PDF, TXT, MD, CSV, DOCX, PPTX, XLSX or ZIP, at most %(most)d MB. Each is "
            "checked by what it is; scripts, macros and camera data do not stay."
        ) % {"most": MOST_BYTES // MEGABYTE}

    def upload(self) -> UploadedFile[Any] | None:
        """Return the file that was sent, if one."""
        given: UploadedFile[Any] | None = self.cleaned_data.get("file") or None
        return given


class NewForm(ContentForm, TargetForm):
    """A new resource."""

    kind = forms.ChoiceField(label=gettext_lazy("What it is"))
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Partners see it until then."),
    )  # fmt: skip
    is_pinned = forms.BooleanField(label=gettext_lazy("Show it first"), required=False)

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        TargetForm.__init__(self, program, *args, **kwargs)
        _offer(self, "kind", list(kind_words().items()))
        self.fields["file"].help_text = ContentForm().fields["file"].help_text


class ReadersForm(TargetForm):
    """What a resource is, for whom, until when."""

    kind = forms.ChoiceField(label=gettext_lazy("What it is"))
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    is_pinned = forms.BooleanField(label=gettext_lazy("Show it first"), required=False)

    def __init__(self, program: Program, *args: Any, **kwargs: Any) -> None:
        super().__init__(program, *args, **kwargs)
        _offer(self, "kind", list(kind_words().items()))


class VersionForm(ContentForm):
    """The next version of a resource."""

    note = forms.CharField(label=gettext_lazy("What changed"), max_length=300, required=False)
    drops_file = forms.BooleanField(label=gettext_lazy("Take the file out"), required=False)


class AnswerForm(TargetForm):
    """A question with its answer."""

    place = forms.ChoiceField(label=gettext_lazy("Who reads it"), choices=(
        ("partners", gettext_lazy("Partners")), ("team", gettext_lazy("Only the team")),
    ))  # fmt: skip
    topic = forms.CharField(label=gettext_lazy("Topic"), max_length=60)
    question = forms.CharField(label=gettext_lazy("Question"), max_length=200)
    answer = forms.CharField(
        label=gettext_lazy("Answer"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Markdown: **bold**, lists, links."),
    )  # fmt: skip
    is_pinned = forms.BooleanField(label=gettext_lazy("Show it first"), required=False)


def content_of(form: ContentForm, file: Any, note: str = "") -> Content:
    """Return what was typed as one version."""
    said = form.cleaned_data
    return Content(said["title"], said["summary"], said["body"].replace("\r\n", "\n"), said["address"], file, note)


def start_of(version: ResourceVersion) -> dict[str, Any]:
    """Return a version as a form begins with it."""
    return {
        "title": version.title, "summary": version.summary, "body": version.body, "address": version.address,
    }  # fmt: skip


def _offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
