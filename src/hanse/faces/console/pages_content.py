"""Addresses of content: pieces and feeds."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from hanse.faces.console.content import feeds, piece, pieces

urlpatterns: list[URLPattern | URLResolver] = [
    path("content", pieces.pieces, name="content"),
    path("content/note", pieces.note, name="piece_note"),
    path("content/feeds", feeds.feeds, name="feeds"),
    path("content/feeds/new", feeds.add, name="feed_new"),
    path("content/feeds/<str:feed_id>/look", feeds.look, name="feed_look"),
    path("content/feeds/<str:feed_id>/remove", feeds.remove, name="feed_remove"),
    path("content/feeds/<str:feed_id>/back", feeds.back, name="feed_back"),
    path("content/pieces/<str:piece_id>", piece.piece, name="piece"),
    path("content/pieces/<str:piece_id>/page", piece.page, name="piece_page"),
    re_path(
        r"^content/pieces/(?P<piece_id>[^/]+)/(?P<verb>about-us|hide|show|refreshed)$", piece.act, name="piece_act"
    ),
]
