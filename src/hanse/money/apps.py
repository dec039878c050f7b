"""The money wing as a Django app."""

from django.apps import AppConfig


class MoneyConfig(AppConfig):
    """Registers the wing's tables under the label `money`."""

    name = "hanse.money"
    label = "money"
    default_auto_field = "django.db.models.BigAutoField"
