"""Addresses of types, rules between them, challenges, price lists."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.kinds import challenge, challenges, page, prices, suggestions

urlpatterns: list[URLPattern | URLResolver] = [
    path("types", page.types, name="types"),
    path("types/edit", page.edit, name="types_edit"),
    path("types/begin", page.begin, name="types_begin"),
    path("types/publish", page.publish, name="types_publish"),
    path("types/discard", page.discard, name="types_discard"),
    path("types/changes", suggestions.suggestions, name="type_suggestions"),
    path("types/changes/<str:suggestion_id>/accept", suggestions.accept, name="type_accept"),
    path("types/changes/<str:suggestion_id>/decline", suggestions.decline, name="type_decline"),
    path("types/rules/new", suggestions.rule, name="type_rule_new"),
    path("types/rules/<str:rule_id>", suggestions.rule, name="type_rule"),
    path("types/rules/<str:rule_id>/remove", suggestions.remove, name="type_rule_remove"),
    path("challenges", challenges.challenges, name="challenges"),
    path("challenges/new", challenges.write, name="challenge_new"),
    path("challenges/<str:challenge_id>", challenge.challenge, name="challenge"),
    path("challenges/<str:challenge_id>/edit", challenges.write, name="challenge_edit"),
    path("challenges/<str:challenge_id>/open", challenge.start, name="challenge_open"),
    path("challenges/<str:challenge_id>/end", challenge.end, name="challenge_end"),
    path("challenges/<str:challenge_id>/entries/<str:entry_id>/accept", challenge.accept, name="entry_accept"),
    path("challenges/<str:challenge_id>/entries/<str:entry_id>/decline", challenge.decline, name="entry_decline"),
    path("challenges/<str:challenge_id>/entries/<str:entry_id>/back", challenge.take_back, name="entry_back"),
    path("price-lists", prices.price_lists, name="price_lists"),
    path("price-lists/<str:list_id>", prices.price_list, name="price_list"),
    path("price-lists/<str:list_id>/archive", prices.archive, name="price_list_archive"),
]
