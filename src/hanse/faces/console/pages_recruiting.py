"""Addresses of candidates and of what is heard about them."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from hanse.faces.console import recruit
from hanse.faces.console.recruiting import (
    answers,
    application_form,
    approval_rules,
    candidate,
    candidates,
    importing,
    invitations,
    sharing,
    survey,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("candidates", candidates.candidates, name="candidates"),
    path("candidates/merge", candidates.merge, name="candidates_merge"),
    path("candidates/<str:candidate_id>", candidate.candidate, name="candidate"),
    path("candidates/<str:candidate_id>/split", candidate.split, name="candidate_split"),
    path("candidates/<str:candidate_id>/rename", candidate.rename, name="candidate_rename"),
    path("candidates/<str:candidate_id>/match", candidate.match, name="candidate_match"),
    path("candidates/<str:candidate_id>/judge", candidate.judgement, name="candidate_judge"),
    path("candidates/<str:candidate_id>/dismiss", candidate.dismiss, name="candidate_dismiss"),
    path("candidates/<str:candidate_id>/restore", candidate.restore, name="candidate_restore"),
    path("mentions/read", answers.answers, name="answers"),
    path("mentions/read/<uuid:answer_id>", answers.read, name="answer_read"),
    path("mentions/new", importing.new, name="mentions_new"),
    path("recruit/form", application_form.application_form, name="application_form"),
    path("recruit/rules", approval_rules.approval_rules, name="approval_rules"),
    path("recruit/rules/<uuid:rule_id>/end", approval_rules.rule_end, name="approval_rule_end"),
    path("applications/<str:application_id>/clear", recruit.clear, name="application_clear"),
    path("invitations", invitations.invitations, name="invitations"),
    path("invitations/<uuid:invitation_id>/withdraw", invitations.withdraw, name="invitation_withdraw"),
    path("invitations/<uuid:invitation_id>/again", invitations.again, name="invitation_again"),
    path("sharing", sharing.sharing, name="sharing"),
    path("sharing/key", sharing.renew, name="sharing_renew"),
    path("survey", survey.survey, name="survey"),
    path("survey/ask", survey.ask, name="survey_ask"),
    path("survey/open", survey.switch, name="survey_switch"),
    path("survey/answers", survey.answers, name="survey_answers"),
    path("survey/doors", survey.make_door, name="log_door_make"),
    path("survey/doors/<uuid:door_id>/renew", survey.renew, name="log_door_renew"),
    path("survey/doors/<uuid:door_id>/close", survey.close, name="log_door_close"),
]
