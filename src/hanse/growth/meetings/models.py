"""Tables of meetings: calls, office hours, live sessions; who was invited, who has a seat, who waits for one."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Meeting(models.Model):
    """A dated talk with partners. `sequence` counts its changes, as calendars want it.

    Of one with `seats` so many can come and the others wait. `is_open`: partners of its tiers and types (none: all)
    take a seat by themselves. Whoever was there has done its `lesson`; `recording` is where it can be watched later.
    """

    class Kind(models.TextChoices):
        CALL = "call"
        OFFICE_HOURS = "office_hours"
        ONBOARDING = "onboarding"
        WEBINAR = "webinar"

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    title = models.CharField(max_length=200)
    agenda = models.TextField(blank=True)
    place = models.CharField(max_length=300, blank=True)
    starts_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    host = models.ForeignKey("people.TeamUser", null=True, on_delete=models.SET_NULL, related_name="+")
    sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    notes = models.TextField(blank=True)
    seats = models.PositiveIntegerField(null=True)
    is_open = models.BooleanField(default=False)
    tiers = models.JSONField(default=list)
    types = models.JSONField(default=list)
    lesson = models.ForeignKey("growth.Lesson", null=True, on_delete=models.SET_NULL, related_name="+")
    recording = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["program", "starts_at"], name="meeting_by_start")]


class MeetingInvitation(models.Model):
    """One partner who is invited or came by themselves, and what they said.

    Where seats are counted, `accepted` has one and `waiting` stands in line by `asked_at`. `moved_up` counts the times
    that a seat was given from the line.
    """

    class Answer(models.TextChoices):
        NONE = "none"
        ACCEPTED = "accepted"
        TENTATIVE = "tentative"
        DECLINED = "declined"
        WAITING = "waiting"

    id = id_column()
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="invitations")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.NONE)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField(null=True)
    moved_up = models.PositiveSmallIntegerField(default=0)
    was_there = models.BooleanField(null=True)
    invited_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "enrolment"], name="invited_to_meeting_once")]
        indexes = [models.Index(fields=["enrolment"], name="meeting_by_enrolment")]
