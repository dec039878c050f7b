"""Exchange rates: the latest of each currency, and a file of the European Central Bank brought in."""

from __future__ import annotations

import io

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hanse.faces.common.access import actor, console_page, may, writes
from hanse.faces.common.page import tell
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import PlainForm, attempt
from hanse.faces.console.settings.frame import settings_page
from hanse.kernel import clock
from hanse.programs.rates.actions import keep_rates
from hanse.programs.rates.queries import latest_rates
from hanse.programs.rates.reading import RateFile
from hanse.programs.rates.types import Imported

MOST_BYTES = 8_000_000


class RatesForm(PlainForm):
    """A file of rates."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("The bank's eurofxref-hist.csv, or lines of date,currency,rate for one euro."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> str:
        """Return the text of the file; refuses what is no text or too large."""
        sent: UploadedFile[bytes] = self.cleaned_data["file"]
        if (sent.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("This file is larger than 8 MB."))
        try:
            return bytes(sent.read()).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("This is no text file.")) from None


@console_page(write_roles=CHANGE)
@writes
def rates(request: HttpRequest) -> HttpResponse:
    """Show the latest rate of every currency; a POST brings a file in."""
    form = RatesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        done = attempt(form, lambda: _keep(request, form.cleaned_data["file"]), {str(n): "file" for n in range(10_000)})
        if done is not None:
            tell(request, _said(done))
            return HttpResponseRedirect(reverse("console:rates"), status=303)
    context = {"form": form, "rows": latest_rates(), "may_change": may(request, CHANGE)}
    return settings_page(request, "console/settings/rates.html", "rates", context, status=422 if form.errors else 200)


def _keep(request: HttpRequest, text: str) -> Imported:
    file = RateFile(io.StringIO(text))
    return keep_rates(file.read(), source="file", skipped=sorted(file.skipped), now=clock.now(), by=actor(request))


def _said(done: Imported) -> str:
    kept = ngettext("%(number)d new rate is kept.", "%(number)d new rates are kept.", done.new) % {"number": done.new}
    if not done.corrected:
        return kept
    more = ngettext("%(number)d was corrected.", "%(number)d were corrected.", done.corrected)
    return f"{kept} {more % {'number': done.corrected}}"
