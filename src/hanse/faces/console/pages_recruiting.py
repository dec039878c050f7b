"""Addresses of candidates and of what is heard about them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.recruiting import answers, candidate, candidates, importing

urlpatterns: list[URLPattern | URLResolver] = [
    path("candidates", candidates.candidates, name="candidates"),
    path("candidates/merge", candidates.merge, name="candidates_merge"),
    path("candidates/<str:candidate_id>", candidate.candidate, name="candidate"),
    path("candidates/<str:candidate_id>/split", candidate.split, name="candidate_split"),
    path("candidates/<str:candidate_id>/rename", candidate.rename, name="candidate_rename"),
    path("candidates/<str:candidate_id>/match", candidate.match, name="candidate_match"),
    path("candidates/<str:candidate_id>/dismiss", candidate.dismiss, name="candidate_dismiss"),
    path("candidates/<str:candidate_id>/restore", candidate.restore, name="candidate_restore"),
    path("mentions/read", answers.answers, name="answers"),
    path("mentions/read/<uuid:answer_id>", answers.read, name="answer_read"),
    path("mentions/new", importing.new, name="mentions_new"),
]
