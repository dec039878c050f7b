"""Addresses of Today, Overview, Partners, Partner, Recruit and the palette."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console import find, today

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today.today, name="today"),
    path("find", find.find, name="find"),
]
