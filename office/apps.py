from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """Our own company; the lowest app, known by all others."""

    name = "office"
    default_auto_field = "django.db.models.BigAutoField"
