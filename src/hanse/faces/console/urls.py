"""The console's addresses: every `pages_….py` beside this file adds its own list."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from django.urls import URLPattern, URLResolver

from hanse.faces import console

app_name = "console"

urlpatterns: list[URLPattern | URLResolver] = []
for module in sorted(found.name for found in iter_modules(console.__path__) if found.name.startswith("pages_")):
    urlpatterns += import_module(f"hanse.faces.console.{module}").urlpatterns
