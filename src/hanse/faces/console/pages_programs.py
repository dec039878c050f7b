"""Addresses of Programs & terms."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.programs import (
    agreements,
    archive,
    detail,
    edit,
    goals,
    listing,
    offers,
    policy,
    start,
    terms,
    terms_editor,
    whatif,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("programs", listing.programs, name="programs"),
    path("programs/new", start.new, name="program_new"),
    path("programs/<slug:slug>", detail.program, name="program"),
    path("programs/<slug:slug>/start", start.ready, name="program_ready"),
    path("programs/<slug:slug>/start/progress", start.progress, name="program_progress"),
    path("programs/<slug:slug>/edit", edit.edit, name="program_edit"),
    path("programs/<slug:slug>/policy", policy.policy, name="program_policy"),
    path("programs/<slug:slug>/archive", archive.archive, name="program_archive"),
    path("programs/<slug:slug>/goals", goals.add, name="goal_add"),
    path("programs/<slug:slug>/goals/<slug:key>", goals.rename, name="goal_rename"),
    path("programs/<slug:slug>/goals/<slug:key>/archive", goals.archive, name="goal_archive"),
    path("programs/<slug:slug>/tiers/<slug:key>", goals.rename_a_tier, name="tier_rename"),
    path("programs/<slug:slug>/offers/new", offers.add, name="offer_new"),
    path("programs/<slug:slug>/offers/<str:offer_id>", offers.change, name="offer"),
    path("programs/<slug:slug>/offers/<str:offer_id>/archive", offers.archive, name="offer_archive"),
    path("programs/<slug:slug>/terms", terms.history, name="terms_history"),
    path("programs/<slug:slug>/terms/edit", terms_editor.edit, name="terms_edit"),
    path("programs/<slug:slug>/what-if", whatif.what_if, name="what_if"),
    path("terms/<str:terms_id>", terms.version, name="terms"),
    path("terms/<str:terms_id>/remind", terms.remind, name="terms_remind"),
    path("agreements/<str:enrolment_id>", agreements.agreement, name="agreement"),
    path("agreements/<str:enrolment_id>/<str:proposal_id>", agreements.answer, name="proposal"),
]
