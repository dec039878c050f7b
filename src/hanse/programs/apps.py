"""The programs wing as a Django app."""

from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    """Registers the wing's tables under the label `programs`."""

    name = "hanse.programs"
    label = "programs"
    default_auto_field = "django.db.models.BigAutoField"
