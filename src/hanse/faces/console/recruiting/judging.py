"""What a person says of a candidate or prospect on one criterion, from the form beside the score."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from hanse.faces.console.forms import attempt_or_warn
from hanse.growth.mentions.models import Candidate
from hanse.growth.profile.actions import forget_judgement, judge
from hanse.growth.prospects.models import Prospect
from hanse.kernel import clock


def judged(request: HttpRequest, row: Prospect | Candidate, by: str) -> bool:
    """Keep what was said, or forget it where no value was chosen. Returns whether it was done."""
    criterion, value = str(request.POST.get("criterion", "")), str(request.POST.get("value", ""))
    if value == "":
        return attempt_or_warn(
            request, lambda: forget_judgement(row, criterion, now=clock.now(), by=by), _("Only numbers speak there now")
        )
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 4 else -1
    note = str(request.POST.get("note", ""))
    return attempt_or_warn(
        request, lambda: judge(row, criterion, value=number, note=note, now=clock.now(), by=by), _("Your view counts")
    )
