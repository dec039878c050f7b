"""Addresses of Resources: the library, its things, the FAQ and the playbook."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.resources import answers, library, resource

urlpatterns: list[URLPattern | URLResolver] = [
    path("resources", library.resources, name="resources"),
    path("resources/new", library.new, name="resource_new"),
    path("resources/faq", answers.answers, name="faq"),
    path("resources/faq/new", answers.new, name="faq_new"),
    path("resources/faq/<uuid:entry_id>", answers.answer, name="faq_entry"),
    path("resources/faq/<uuid:entry_id>/archive", answers.archive, name="faq_archive"),
    path("resources/faq/<uuid:entry_id>/restore", answers.restore, name="faq_restore"),
    path("resources/<uuid:resource_id>", resource.resource, name="resource"),
    path("resources/<uuid:resource_id>/readers", resource.change, name="resource_readers"),
    path("resources/<uuid:resource_id>/archive", resource.archive, name="resource_archive"),
    path("resources/<uuid:resource_id>/restore", resource.restore, name="resource_restore"),
]
