"""The growth wing as a Django app."""

from django.apps import AppConfig


class GrowthConfig(AppConfig):
    """Registers the wing's tables under the label `growth`."""

    name = "hanse.growth"
    label = "growth"
    default_auto_field = "django.db.models.BigAutoField"
