"""The spine wing as a Django app."""

from django.apps import AppConfig

from hanse.spine import long_lists


class SpineConfig(AppConfig):
    """Registers the wing's tables under the label `spine`."""

    name = "hanse.spine"
    label = "spine"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let queries take long lists of ids in one parameter."""
        long_lists.install()
