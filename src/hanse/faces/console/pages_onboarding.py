"""Addresses of onboarding, first wins, launch and pilots."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.onboarding import launch, numbers, paths, people, wins

urlpatterns: list[URLPattern | URLResolver] = [
    path("onboarding", numbers.numbers, name="onboarding"),
    path("onboarding/people", people.people, name="onboarding_people"),
    path("onboarding/people/<str:enrolment_id>/step", people.step_done, name="onboarding_step"),
    path("onboarding/people/<str:enrolment_id>/path", people.change_path, name="onboarding_path"),
    path("onboarding/tasks", people.tasks, name="onboarding_tasks"),
    path("onboarding/tasks/<str:task_id>/done", people.task_done, name="owner_task_done"),
    path("onboarding/tasks/<str:task_id>/give", people.task_give, name="owner_task_give"),
    path("onboarding/tasks/<str:task_id>/drop", people.task_drop, name="owner_task_drop"),
    path("onboarding/paths", paths.paths, name="onboarding_paths"),
    path("onboarding/paths/edit", paths.edit, name="onboarding_paths_edit"),
    path("first-wins", wins.wins, name="first_wins"),
    path("first-wins/<str:enrolment_id>", wins.win, name="first_win"),
    path("launch", launch.launch, name="launch"),
    path("launch/open", launch.open_up, name="launch_open"),
    path("pilots/<str:pilot_id>", launch.pilot, name="pilot"),
    path("pilots/<str:pilot_id>/add", launch.pilot_add, name="pilot_add"),
]
