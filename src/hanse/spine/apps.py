"""The spine wing as a Django app."""

from django.apps import AppConfig


class SpineConfig(AppConfig):
    """Registers the wing's tables under the label `spine`."""

    name = "hanse.spine"
    label = "spine"
    default_auto_field = "django.db.models.BigAutoField"
