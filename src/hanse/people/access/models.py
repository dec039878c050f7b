"""Tables of access: who may sign in or call, and what they may do."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from hanse.kernel import clock
from hanse.spine.columns import id_column


class TeamUsers(BaseUserManager["TeamUser"]):
    """Makes people for Django's own machinery; the product goes through `access.actions`, which checks and audits."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> TeamUser:
        """Store a person; without a password they can only sign in by link."""
        fields.setdefault("created_at", clock.now())
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> TeamUser:
        """Find a person by address, however it is capitalised."""
        return self.get(email=(username or "").strip().lower())


class TeamUser(AbstractBaseUser):
    """A person who signs in: a member of the team (with a role) or a partner's person (with a partner)."""

    class Role(models.TextChoices):
        OWNER = "owner"
        MANAGER = "manager"
        FINANCE = "finance"
        VIEWER = "viewer"
        PARTNER = "partner"

    id = id_column()
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices)
    partner = models.ForeignKey("people.Partner", null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=10, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects: ClassVar[TeamUsers] = TeamUsers()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role="partner", partner__isnull=False)
                | (~models.Q(role="partner") & models.Q(partner=None)),
                name="partner_people_have_a_partner",
            )
        ]


class SignInLink(models.Model):
    """A one-time link; only its hash is kept."""

    hash = models.CharField(max_length=64, primary_key=True)
    person = models.ForeignKey(TeamUser, on_delete=models.CASCADE, related_name="+")
    next_path = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ApiKey(models.Model):
    """A program's (or the installation's) key; only its hash is kept, the first characters to recognise it by."""

    id = id_column()
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    program_id = models.UUIDField(null=True)
    created_by = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
