from django.apps import AppConfig


class DeskConfig(AppConfig):
    """What staff see across apps."""

    name = "desk"
    default_auto_field = "django.db.models.BigAutoField"
