from django.apps import AppConfig

from incidents import playbooks, policy


class IncidentsConfig(AppConfig):
    """What went wrong, and what we do about it."""

    name = "incidents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the playbooks' numbers."""
        assert playbooks.__all__
        policy.declare_numbers()
