"""Addresses of sequences, newsletters and results of letters."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.letters import newsletters, results, sequence_edit, sequences

urlpatterns: list[URLPattern | URLResolver] = [
    path("messages/sequences", sequences.sequences, name="sequences"),
    path("messages/sequences/new", sequence_edit.sequence_new, name="sequence_new"),
    path("messages/sequences/<str:sequence_id>", sequences.sequence, name="sequence"),
    path("messages/sequences/<str:sequence_id>/edit", sequence_edit.sequence_edit, name="sequence_edit"),
    path("messages/sequences/<str:sequence_id>/out/<str:way>", sequences.sequence_out, name="sequence_out"),
    path("messages/sequences/<str:sequence_id>/<slug:act>", sequences.sequence_act, name="sequence_act"),
    path("messages/newsletters", newsletters.newsletters, name="newsletters"),
    path("messages/newsletters/new", newsletters.newsletter_new, name="newsletter_new"),
    path("messages/newsletters/preview", newsletters.newsletter_preview, name="newsletter_preview"),
    path("messages/newsletters/<str:newsletter_id>", newsletters.newsletter, name="newsletter"),
    path("messages/newsletters/<str:newsletter_id>/send", newsletters.newsletter_send, name="newsletter_send"),
    path("messages/newsletters/<str:newsletter_id>/cancel", newsletters.newsletter_cancel, name="newsletter_cancel"),
    path("messages/results", results.letter_results, name="letter_results"),
    path("messages/results/reopen", results.address_reopen, name="address_reopen"),
]
