"""The people wing as a Django app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Registers the wing's tables under the label `people`."""

    name = "hanse.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
