"""Who may know what: every operation × no key, too small a scope, another program's key. From the description."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from hanse.faces.api.documents import description
from tests import make
from tests.api.caller import Caller
from tests.api.everything import everything_in

pytestmark = pytest.mark.django_db
_PARAMETER = re.compile(r"{(\w+)}")

BODIES: dict[str, dict[str, Any]] = {
    "take_conversation": {"enrolment": "enrolment_id", "text": "Mine?"},
    "answer_conversation": {"text": "Stolen", "member": "ruth@harbour.example"},
    "change_conversation": {"status": "closed"}, "cancel_meeting": {},
    "log_talk": {"enrolment": "enrolment_id", "how": "call", "text": "Hi", "member": "ruth@harbour.example"},
    "create_meeting": {
        "program": "program_id", "kind": "call", "title": "T", "starts_at": "2027-01-01T10:00:00Z", "minutes": 30,
        "enrolments": ["enrolment_id"],
    },
    "thank_partner": {
        "enrolment": "enrolment_id", "kind": "help", "text": "Thanks", "member": "ruth@harbour.example",
    },
    "create_lesson": {
        "program": "program_id", "title": "T", "text": "T",
        "questions": [{"text": "Q", "options": ["a", "b"], "right": 0}],
    },
    "change_lesson": {"title": "Stolen"}, "publish_lesson": {}, "archive_lesson": {}, "restore_lesson": {},
    "answer_lesson": {"enrolment": "enrolment_id", "version": 1, "answers": [0]},
    "note_lesson_done": {"enrolment": "enrolment_id"},
    "create_session": {
        "program": "program_id", "title": "T", "starts_at": "2027-01-01T10:00:00Z", "minutes": 30, "seats": 3,
    },
    "change_session": {"seats": 4}, "take_seat": {"enrolment": "enrolment_id"},
    "give_seat_back": {"enrolment": "enrolment_id"}, "set_recording": {"recording": "https://stolen.example/"},
    "create_preview": {"program": "program_id", "teaser": "T", "title": "T", "text": "T"},
    "change_preview": {"title": "Stolen"}, "publish_preview": {}, "withdraw_preview": {}, "lift_embargo": {},
    "accept_embargo": {"enrolment": "enrolment_id", "digest": "0" * 64, "by": "n"},
    "note_preview_seen": {"enrolment": "enrolment_id", "by": "n"},
    "create_program": {"name": "N", "slug": "n", "currency": "EUR"},
    "change_program": {"name": "Stolen"}, "change_policy": {"window_days": 7},
    "add_goal": {"program": "program_id", "key": "trial", "name": "Trial"}, "change_goal": {"name": "Stolen"},
    "create_offer": {"program": "program_id", "name": "N", "destination_url": "https://x.example"},
    "change_offer": {"name": "Stolen"},
    "create_partner": {"name": "N", "email": "n@x.example", "program": "program_id"},
    "change_partner": {"name": "Stolen"},
    "create_enrolment": {"partner": "partner_id", "program": "program_id"},
    "change_status": {"status": "paused"}, "move_to_tier": {"tier": "tier_id"},
    "publish_terms": {"program": "program_id", "body": {"clauses": [{"kind": "percent", "rate": "90%"}]}},
    "accept_terms": {"enrolment": "enrolment_id", "terms": "terms_id", "accepted_by": "n"},
    "create_link": {"enrolment": "enrolment_id", "offer": "offer_id"}, "change_link": {"label": "Stolen"},
    "create_links": {"links": [{"enrolment": "enrolment_id", "offer": "offer_id"}]},
    "add_domain": {"program": "program_id", "host": "go.stolen.example"}, "remove_domain": {},
    "create_coupon": {"enrolment": "enrolment_id", "code": "N"}, "change_coupon": {"description": "Stolen"},
    "take_mentions": {"program": "program_id", "answers": [{"text": "Nina"}]}, "change_candidate": {"name": "Stolen"},
    "merge_candidates": {"others": ["candidate_id"]}, "split_candidate": {"spelling": "nina"},
    "create_prospect": {"program": "program_id", "name": "N", "referrer": "partner_id"},
    "change_prospect": {"name": "Stolen"}, "move_prospect": {"stage": "talks"},
    "undo_prospects": {"program": "program_id", "act": "0"}, "add_remark": {"text": "n"},
    "judge_prospect": {"criterion": "fit", "value": 1, "note": "n"},
    "write_to_prospect": {"letter": "letter_id", "way": "noted"},
    "create_letter": {"program": "program_id", "name": "N", "subject": "S", "body": "B"},
    "put_profile": {"program": "program_id", "weights": {"fit": 1}},
    "approve_application": {}, "decline_application": {"reason": "no"}, "ask_applicant": {"question": "why?"},
    "submit_application": {"program": "program_id", "name": "N", "email": "n@x.example", "message": "m"},
    "clear_risk": {"risk": "brand_word:x"},
    "put_application_form": {"program": "program_id", "headline": "Stolen"},
    "add_approval_rule": {
        "program": "program_id", "name": "R", "condition": {"field": "applicant.is_invited", "op": "eq", "value": True},
    },
    "end_approval_rule": {}, "invite_again": {}, "judge_candidate": {"criterion": "fit", "value": 1, "note": "n"},
    "invite_people": {"program": "program_id", "invitations": [{"email": "n@x.example"}]},
    "take_partner_events": {"events": [{
        "enrolment": "enrolment_id", "kind": "piece", "external_id": "x", "occurred_at": "2026-05-01T00:00:00Z",
    }]},
    "note_play_done": {},
    "create_feed": {"enrolment": "enrolment_id", "address": "http://127.0.0.1/feed"}, "look_at_feed": {},
    "remove_feed": {}, "create_piece": {"enrolment": "enrolment_id", "address": "https://ana.example/stolen"},
    "say_piece_is_about_us": {}, "hide_piece": {}, "show_piece": {}, "note_piece_refreshed": {},
    "create_message": {
        "program": "program_id", "name": "N", "kind": "ideas", "contents": {"en": {"subject": "S", "body": "B"}},
    },
    "change_message": {"name": "Stolen"}, "check_message": {"contents": {"en": {"subject": "S", "body": "B"}}},
    "send_message": {}, "preview_message": {"enrolment": "enrolment_id"}, "archive_a_message": {},
    "create_audience": {"program": "program_id", "name": "N"}, "change_audience": {"name": "Stolen"},
    "preview_audience": {"program": "program_id"}, "archive_an_audience": {},
    "create_incident": {
        "program": "program_id", "kind": "tracking_down", "title": "T", "cause": "C",
        "starts_at": "2026-05-01T00:00:00Z", "ends_at": "2026-05-02T00:00:00Z",
    },
    "create_sequence": {
        "program": "program_id", "name": "N", "trigger": {"kind": "enrolled"}, "steps": [{"message": "message_id"}],
    },
    "change_sequence": {"name": "Stolen", "trigger": {"kind": "enrolled"}, "steps": [{"message": "message_id"}]},
    "start_sequence": {}, "rest_sequence": {}, "end_sequence": {},
    "create_newsletter": {"program": "program_id", "name": "N", "subject": "S", "sections": [{"text": "T"}]},
    "send_newsletter": {}, "call_newsletter_off": {}, "change_letter_choices": {"kinds": []},
    "write_note": {"enrolment": "enrolment_id", "subject": "S", "text": "T"},
    "keep_a_file": {"program": "program_id", "name": "a.txt", "content": "U3RvbGVu"},
    "create_resource": {"program": "program_id", "kind": "guide", "title": "Stolen", "text": "n"},
    "change_a_resource": {"is_pinned": True}, "add_resource_version": {"title": "Stolen", "text": "n"},
    "archive_a_resource": {}, "restore_a_resource": {},
    "note_resource_use": {"enrolment": "enrolment_id", "act": "copied"},
    "create_faq": {"program": "program_id", "topic": "T", "question": "Stolen?", "answer": "n"},
    "change_faq": {"answer": "Stolen"}, "archive_faq": {},
    "tell_incident": {}, "mend_an_incident": {"how": "so"}, "delete_an_incident": {},
    "repair_an_incident": {}, "say_it_is_no_fault": {"why": "so"},
    "add_checkout_host": {"program": "program_id", "host": "pay.shop.example"},
    "dismiss_checkout_host": {"program": "program_id", "host": "pay.shop.example"},
    "put_types_draft": {"types": [{"slug": "friend", "name": "Stolen", "what": "x"}]},
    "publish_types_draft": {"note": "n"}, "delete_types_draft": {}, "remove_type_rule": {},
    "create_type_rule": {
        "program": "program_id", "name": "R", "drops": "affiliate",
        "condition": {"field": "partner.country", "op": "exists"},
    },
    "change_type_rule": {"name": "Stolen"}, "accept_type_suggestion": {}, "decline_type_suggestion": {"reason": "n"},
    "create_challenge": {
        "program": "program_id", "name": "C", "metric": "clicks", "target": 5, "starts_on": "2026-05-01",
        "ends_on": "2026-06-01", "prize": 100,
    },
    "change_challenge": {"name": "Stolen"}, "open_challenge": {}, "end_challenge": {"reason": "n"},
    "send_proof": {"enrolment": "enrolment_id", "text": "n"}, "accept_entry": {}, "decline_entry": {"reason": "n"},
    "take_entry_back": {"reason": "n"}, "create_price_list": {"program": "program_id", "name": "Stolen"},
    "publish_price_version": {"valid_from": "2026-05-01", "lines": [{"sku": "A", "list": 5, "partner": 1}]},
    "archive_price_list": {}, "confirm_resale_order": {}, "decline_resale_order": {"reason": "n"},
    "cancel_resale_order": {"reason": "n"},
    "create_resale_order": {
        "enrolment": "enrolment_id", "external_id": "S-1", "ordered_on": "2026-05-15",
        "lines": [{"sku": "A", "quantity": 1}], "customer_external_id": "s",
    },
    "create_customer_contact": {
        "enrolment": "enrolment_id", "customer_external_id": "s", "since_on": "2026-05-01",
    },
    "end_customer_contact": {}, "delete_deal_route": {},
    "create_deal_route": {"program": "program_id", "name": "Stolen", "owner": "deals@team.example"},
    "put_budget": {"program": "program_id", "quarter": "2026-Q2", "amount": 1},
    "put_budget_rule": {"program": "program_id", "when_over": "approve"},
    "preview_budget": {"challenge": "challenge_id"}, "ask_for_approval": {"challenge": "challenge_id"},
    "decide_an_overrun": {"approve": True, "reason": "n"},
    "create_kit": {"program": "program_id", "key": "stolen", "name": "Stolen", "offer": "offer_id"},
    "change_kit": {"name": "Stolen"}, "take_kit": {"enrolment": "enrolment_id"}, "publish_kit": {}, "withdraw_kit": {},
    "add_kit_file": {"file": "stored_file_id"},
    "note_kit_tap": {"enrolment": "enrolment_id", "kind": "text"},
    "note_kit_out": {"enrolment": "enrolment_id", "address": "https://x.example/"},
    "create_prompt": {
        "program": "program_id", "kind": "launch", "title": "Stolen", "hook": "n", "on": "2030-05-20",
    },
    "change_prompt": {"title": "Stolen"}, "publish_prompt": {}, "withdraw_prompt": {},
    "put_prompt_leads": {"program": "program_id", "leads": {"power": 1}}, "make_calendar": {},
    "add_upcoming_day": {"program": "program_id", "name": "Stolen", "on": "2030-05-20"},
    "ask_for_example": {"piece": "piece_id", "why": "n"}, "end_example": {},
    "answer_for_example": {"agreed": False, "evidence": "n"},
    "ask_for_deliverable": {
        "enrolment": "enrolment_id", "title": "Stolen", "brief": "b", "due_on": "2030-05-20",
    },
    "change_deliverable": {"title": "Stolen"}, "decline_deliverable": {"reason": "n"},
    "cancel_deliverable": {"reason": "n"}, "comment_on_deliverable": {"text": "n"},
    "request_deliverable_changes": {"text": "n"}, "send_deliverable_draft": {"text": "n"},
    "withdraw_acceptance": {"reason": "n"},
    "note_live_piece": {"address": "https://x.example/"}, "accept_deliverable": {}, "agree_to_deliverable": {},
    "propose_joint_project": {
        "enrolment": "enrolment_id", "kind": "guest_post", "title": "Stolen", "happens_on": "2030-05-20",
    },
    "change_joint_project": {"title": "Stolen"}, "agree_to_joint_project": {},
    "decline_joint_project": {"reason": "n"}, "cancel_joint_project": {"reason": "n"},
    "move_joint_project": {"happens_on": "2030-05-20"}, "put_joint_code": {"coupon": None},
    "send_joint_proof": {"link": "https://x.example/"}, "accept_joint_proof": {},
    "refuse_joint_proof": {"reason": "n"}, "put_joint_costs": {"costs": []}, "write_joint_result": {"leads": 1},
    "take_joint_result_back": {"reason": "n"},
    "settle_deal": {"reason": "n"}, "assign_deal": {"owner": None},
    "put_paths": {
        "program": "program_id", "paths": [{"key": "p", "name": "Stolen", "steps": [{"kind": "sale"}]}],
    },
    "mark_step": {"step": "piece"}, "reopen_step": {"step": "piece"}, "put_on_path": {"path": "self-serve"},
    "finish_owner_task": {"note": "n"}, "give_owner_task": {"due_on": "2026-05-20"}, "drop_owner_task": {},
    "send_first_win": {"text": "Stolen"}, "drop_first_win": {}, "decide_pilot": {"decision": "stop", "why": "n"},
    "put_launch": {"program": "program_id", "playbook": "Stolen"}, "add_to_pilot": {"enrolments": ["enrolment_id"]},
    "open_launch": {"program": "program_id", "why": "n"},
    "create_pilot": {
        "program": "program_id", "name": "P", "size": 3, "aim_days": 5, "starts_on": "2026-05-01",
        "ends_on": "2026-06-01",
    },
    "preview_times": {"watched": []},
    "put_survey": {"program": "program_id", "question": "Stolen?"},
    "make_log_door": {"program": "program_id", "team": "T"}, "renew_log_door": {}, "close_log_door": {},
    "create_key": {"name": "n", "scopes": ["all"], "program": "program_id"},
    "draft_run": {"program": "program_id"}, "cancel_run": {},
    "issue_month": {"program": "program_id", "month": "2020-01"}, "deliver_benefit": {"on": "2026-05-01"},
    "put_payout_rules": {"program": "program_id", "schedule": "weekly"}, "export_again": {},
    "put_rail": {"program": "program_id", "rail": "sepa", "settings": {"name": "Stolen"}},
    "read_back_answer": {"content": "payout,state"}, "put_tax_profile": {"legal_name": "Thief", "country": "GB"},
    "settle_payout": {}, "fail_payout": {"reason": "no"}, "return_payout": {"reason": "no"},
    "create_deal": {"enrolment": "enrolment_id", "customer_external_id": "c"},
    "decline_deal": {"reason": "no"}, "withdraw_credit_by_hand": {"reason": "no"},
    "credit_by_hand": {"credits": [{"enrolment": "enrolment_id", "ppm": 1_000_000}], "reason": "no"},
    "put_sharing_offer": {"program": "program_id", "is_open": False},
    "post_sharing_customers": {"program": "program_id", "customers": [{"email": "x@home.example"}]},
    "put_known_customers": {"program": "program_id", "customers": [{"external_id": "x"}]},
    "keep_rates": {"rates": [{"currency": "USD", "date": "2026-05-01", "rate": "9"}]},
    "publish_tier_rules": {"program": "program_id", "rules": None}, "backtest_tiers": {"program": "program_id"},
    "decide_tier_review": {"verdict": "moved"}, "lock_tier": {"reason": "no"}, "unlock_tier": {},
    "preview_tiers": {"as_of": "2026-05-01T00:00:00Z", "field": []},
    "preview_terms": {"terms": {"clauses": [{"kind": "percent", "rate": "90%"}]}},
    "propose_terms": {"enrolment": "enrolment_id", "body": {"clauses": [{"kind": "percent", "rate": "90%"}]}},
    "accept_proposal": {"accepted_by": "n", "evidence": "e"}, "decline_proposal": {"reason": "no"},
    "counter_proposal": {"body": {"clauses": [{"kind": "percent", "rate": "90%"}]}},
    "whatif": {"terms": {"clauses": [{"kind": "percent", "rate": "90%"}]}},
    "preview_attribution": {"conversion": {"occurred_at": "2026-05-01T00:00:00Z"}},
    "set_payout_details": {"rail": "manual", "account_name": "Thief", "account": "cash"},
}  # fmt: skip


def operations() -> Iterator[tuple[str, str, str]]:
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            if "x-served-by" not in operation:
                yield method.upper(), path.removeprefix("/v1"), operation["operationId"]


def takes_body(method: str, path: str) -> bool:
    return "requestBody" in description()["paths"][f"/v1{path}"][method.lower()]


ALL = list(operations())
ANSWERS = {  # one answer, no list
    "ask_why", "read_breakdown", "read_profile", "report_prospects", "report_silence",
    "read_application_form", "read_tier_rules", "read_survey", "report_onboarding", "read_paths", "read_launch",
    "read_types",
    "read_deal_clashes", "get_sharing_offer", "read_budget_standing", "read_budget_rule", "read_accruals",
    "read_prompt_leads", "read_watch",
}  # fmt: skip
WITH_ID = [each for each in ALL if "{" in each[1]]
LISTS = [each for each in ALL if each[0] == "GET" and "{" not in each[1] and each[2] not in ANSWERS]
DRY_RUNS = {each[2] for each in ALL if each[1].endswith(("/preview", "/whatif", "/backtest"))}
MAKING = [each for each in ALL if each[0] in ("POST", "PUT") and "{" not in each[1] and each[2] not in DRY_RUNS]


def filled(path: str, ids: dict[str, str]) -> str:
    return _PARAMETER.sub(lambda match: ids[match[1]], path)


def body_of(name: str, ids: dict[str, str]) -> dict[str, Any] | None:
    body = BODIES.get(name)
    return body and _with_ids(body, ids)


def _with_ids(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {field: _with_ids(entry, ids) for field, entry in value.items()}
    if isinstance(value, list):
        return [_with_ids(entry, ids) for entry in value]
    return ids.get(value, value) if isinstance(value, str) else value


@pytest.fixture
def theirs() -> dict[str, str]:
    return everything_in(make.program("harbour"), "Ana")


@pytest.fixture
def stranger(theirs: dict[str, str]) -> Caller:
    other = make.program("orchard")
    everything_in(other, "Ben")
    return Caller("all", program=other)


def told(theirs: dict[str, str], content: bytes) -> list[str]:
    """Return which ids of the other program an answer holds."""
    return [text for text in theirs.values() if text.encode() in content]


def test_the_matrix_is_complete() -> None:
    posts = {name for method, path, name in ALL if method in ("POST", "PATCH")}
    bare = {"archive", "restore", "revoke", "approve", "open", "withdraw"}
    assert {name for name in posts if name.split("_")[0] not in bare} <= BODIES.keys()
    assert len(WITH_ID) > 40


def test_what_belongs_to_another_program_does_not_exist(theirs: dict[str, str], stranger: Caller) -> None:
    wrong = {}
    for method, path, name in WITH_ID:
        answer = stranger.send(method, filled(path, theirs), body_of(name, theirs))
        if answer.status_code != 404 or told(theirs, answer.content):
            wrong[name] = (answer.status_code, told(theirs, answer.content), answer.content[:300])
    assert wrong == {}


def test_the_same_path_is_open_to_a_key_of_its_program(theirs: dict[str, str]) -> None:
    from hanse.programs.programs.models import Program

    own = Caller("all", program=Program.objects.get())
    reads = [(path, name) for method, path, name in WITH_ID if method == "GET"]
    answers = {name: own.send("GET", filled(path, theirs)).status_code for path, name in reads}
    assert {name: status for name, status in answers.items() if status != 200} == {}


def test_lists_hold_nothing_of_another_program(theirs: dict[str, str], stranger: Caller) -> None:
    for method, path, name in LISTS:
        answer = stranger.send(method, path)
        assert answer.status_code == 200, name
        assert answer.json()["data"], f"{name}: the asker's own rows are there"
        assert told(theirs, answer.content) == [], name


def test_filtering_by_another_programs_ids_finds_nothing(theirs: dict[str, str], stranger: Caller) -> None:
    for _method, path, _name in LISTS:
        operation = description()["paths"]["/v1" + path]["get"]
        for parameter in {each["name"] for each in operation["parameters"]} & {key[:-3] for key in theirs}:
            answer = stranger.send("GET", f"{path}?{parameter}={theirs[parameter + '_id']}")
            assert answer.status_code == 422, f"{path}?{parameter}"


def test_nothing_is_made_in_another_program(theirs: dict[str, str], stranger: Caller) -> None:
    answers = {name: stranger.send(method, path, body_of(name, theirs)).status_code for method, path, name in MAKING}
    assert {name: status for name, status in answers.items() if status not in (403, 422)} == {}


@pytest.mark.parametrize(
    "headers", [{}, {"HTTP_AUTHORIZATION": "Bearer hz_wrong"}, {"HTTP_AUTHORIZATION": "Basic eDp5"}]
)
def test_no_key_no_answer(headers: dict[str, str], theirs: dict[str, str]) -> None:
    for method, path, name in ALL:
        answer = Client().generic(method, "/v1" + filled(path, theirs), **headers)  # type: ignore[arg-type]  # of a request
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json"), name


def test_a_scope_that_does_not_cover_it_is_refused(theirs: dict[str, str]) -> None:
    facts, reads = Caller("facts:write"), Caller("read", "facts:write")
    for method, path, name in ALL:
        small = facts if method == "GET" or name in DRY_RUNS else reads
        answer = small.send(method, filled(path, theirs), body_of(name, theirs))
        assert answer.status_code == 403, (name, answer.content)


@pytest.mark.parametrize("asked", ["order=Ana-1", "order=Ana-r2", "click={click_id}", "coupon=ANA10", "customer=Ana-c"])
def test_why_says_nothing_of_another_program(asked: str, theirs: dict[str, str], stranger: Caller) -> None:
    answer = stranger.send("GET", "/why?" + filled(asked, theirs))
    assert answer.status_code == 200
    assert answer.json()["outcome"] in ("unknown", "nothing")
    for text in (*theirs.values(), 'Ana"'):
        assert text.encode() not in answer.content.replace(filled(asked, theirs).split("=")[1].encode(), b"")
    assert stranger.send("GET", f"/why?order=1&program={theirs['program_id']}").status_code == 422
    assert stranger.send("GET", "/why?order=1&coupon=2").status_code == 422


def test_a_shared_partner_is_read_but_not_changed_by_one_programs_key(theirs: dict[str, str]) -> None:
    from hanse.people.partners.models import Partner

    other = make.program("orchard")
    make.enrolment(Partner.objects.get(name="Ana"), other)
    key = Caller("all", program=other)
    assert key.get(f"/partners/{theirs['partner_id']}")["name"] == "Ana"
    key.patch(f"/partners/{theirs['partner_id']}", {"name": "Other"}, 403)


def test_a_taken_address_does_not_tell_one_programs_key_who_it_is_in_another(theirs: dict[str, str]) -> None:
    from hanse.people.partners.models import Partner

    known = Partner.objects.get(name="Ana")
    key, body = Caller("all", program=make.program("orchard")), {"name": "X", "email": known.email}
    own = key.post("/partners", {"name": "Own", "email": "own@partners.example"})
    for told in (key.post("/partners", body, 409), key.patch(f"/partners/{own['id']}", {"email": known.email}, 409)):
        assert (told["type"].endswith("email_in_use"), "Ana" in told["detail"]) == (True, False)
    assert "Ana" in Caller("all").post("/partners", body, 409)["detail"]
