"""Addresses of partners' claims."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console import claims

urlpatterns: list[URLPattern | URLResolver] = [
    path("claims", claims.claims, name="claims"),
    path("claims/<uuid:claim_id>/answer", claims.answer, name="claim_answer"),
]
