"""Addresses of training and the roadmap."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.learning import lesson, lesson_form, preview_form, roadmap, sessions, training

urlpatterns: list[URLPattern | URLResolver] = [
    path("resources/training", training.training, name="training"),
    path("resources/training/lessons/new", lesson_form.write, name="lesson_new"),
    path("resources/training/lessons/<str:lesson_id>", lesson.lesson, name="lesson"),
    path("resources/training/lessons/<str:lesson_id>/edit", lesson_form.write, name="lesson_edit"),
    path("resources/training/lessons/<str:lesson_id>/act", lesson.change, name="lesson_act"),
    path("resources/training/sessions/new", sessions.write, name="session_new"),
    path("resources/training/sessions/<str:meeting_id>", sessions.session, name="session"),
    path("resources/training/sessions/<str:meeting_id>/change", sessions.change, name="session_change"),
    path("resources/roadmap", roadmap.roadmap, name="roadmap"),
    path("resources/roadmap/new", preview_form.write, name="preview_new"),
    path("resources/roadmap/<str:preview_id>", roadmap.preview, name="preview"),
    path("resources/roadmap/<str:preview_id>/edit", preview_form.write, name="preview_edit"),
    path("resources/roadmap/<str:preview_id>/act", roadmap.change, name="preview_act"),
]
