"""Health: is what was answered also counted, is anything stuck."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from hanse.faces.common.access import console_page
from hanse.faces.console.settings.frame import settings_page
from hanse.kernel import clock
from hanse.spine.health import worker_health


@console_page()
def health(request: HttpRequest) -> HttpResponse:
    """Show what the worker does and what waits for it."""
    return settings_page(request, "console/settings/health.html", "health", {"health": worker_health(clock.now())})
