"""The traffic wing as a Django app."""

from django.apps import AppConfig


class TrafficConfig(AppConfig):
    """Registers the wing's tables under the label `traffic`."""

    name = "hanse.traffic"
    label = "traffic"
    default_auto_field = "django.db.models.BigAutoField"
