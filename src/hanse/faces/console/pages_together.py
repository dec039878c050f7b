"""Addresses of what is done together with partners."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console.content import joint_project, together

urlpatterns: list[URLPattern | URLResolver] = [
    path("content/together", together.together, name="together"),
    path("content/together/new", together.propose, name="joint_new"),
    path("content/together/<str:project_id>", joint_project.joint_project, name="joint"),
    path("content/together/<str:project_id>/edit", together.propose, name="joint_edit"),
    path("content/together/<str:project_id>/agree", joint_project.agree, name="joint_agree"),
    path("content/together/<str:project_id>/decline", joint_project.decline, name="joint_decline"),
    path("content/together/<str:project_id>/cancel", joint_project.cancel, name="joint_cancel"),
    path("content/together/<str:project_id>/move", joint_project.move, name="joint_move"),
    path("content/together/<str:project_id>/code", joint_project.code, name="joint_code"),
    path("content/together/<str:project_id>/proof", joint_project.proof, name="joint_proof"),
    path("content/together/<str:project_id>/proofs/<str:proof_id>/accept", joint_project.accept, name="joint_accept"),
    path("content/together/<str:project_id>/proofs/<str:proof_id>/refuse", joint_project.refuse, name="joint_refuse"),
    path("content/together/<str:project_id>/result", joint_project.result, name="joint_result"),
    path("content/together/<str:project_id>/back", joint_project.take_back, name="joint_back"),
]
