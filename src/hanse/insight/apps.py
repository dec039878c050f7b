"""The insight wing as a Django app."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Registers the wing's tables under the label `insight`."""

    name = "hanse.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"
