"""The faces wing as a Django app: templates, static files and template tags; no tables."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db import transaction

from hanse.kernel import clock


class FacesConfig(AppConfig):
    """Makes templates, static files and tags of the faces known to Django under the label `faces`."""

    name = "hanse.faces"
    label = "faces"

    def ready(self) -> None:
        """Listen for people who sign in."""
        user_logged_in.connect(note_sign_in, dispatch_uid="note_sign_in")


def note_sign_in(sender: object, user: object, **_kwargs: object) -> None:
    """Remember that a partner looked into the portal: a sign of life, and one of the signals of silence."""
    partner_id = getattr(user, "partner_id", None)
    if partner_id is not None:
        from hanse.insight.events.actions import note_visit  # tables are not ready while apps are loaded

        with transaction.atomic():
            note_visit(partner_id, clock.now())
