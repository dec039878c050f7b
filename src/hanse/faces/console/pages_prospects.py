"""Addresses of the pipeline, its letters and the ideal partner."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.prospects import adding, board, letters, numbers, prospect

urlpatterns: list[URLPattern | URLResolver] = [
    path("prospects", board.prospects, name="prospects"),
    path("prospects/move", board.move, name="prospects_move"),
    path("prospects/undo/<uuid:act_id>", board.undo, name="prospects_undo"),
    path("prospects/new", adding.new, name="prospects_new"),
    path("prospects/numbers", numbers.numbers, name="prospects_numbers"),
    path("prospects/letters", letters.letters, name="letters"),
    path("prospects/letters/<uuid:template_id>/archive", letters.archive, name="letter_archive"),
    path("prospects/<str:prospect_id>", prospect.prospect, name="prospect"),
    path("prospects/<str:prospect_id>/change", prospect.change, name="prospect_change"),
    path("prospects/<str:prospect_id>/remark", prospect.remark, name="prospect_remark"),
    path("prospects/<str:prospect_id>/judge", prospect.judgement, name="prospect_judge"),
    path("prospects/<str:prospect_id>/write", letters.write, name="prospect_write"),
    path("candidates/<str:candidate_id>/prospect", adding.from_candidate, name="candidate_to_prospect"),
    path("ideal-partner", numbers.profile, name="ideal_partner"),
]
