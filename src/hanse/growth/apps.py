"""The growth wing as a Django app."""

from django.apps import AppConfig


class GrowthConfig(AppConfig):
    """Registers the wing's tables under the label `growth`, and its word on terms that are about to be published."""

    name = "hanse.growth"
    label = "growth"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let budgets look at terms before they are published."""
        from hanse.growth.budgets.guarding import guard_terms
        from hanse.money.publishing.guards import GUARDS

        if guard_terms not in GUARDS:
            GUARDS.append(guard_terms)
