"""What the import linter cannot see: a foreign key written as text."""

from django.apps import apps
from django.conf import settings

LAYERS = ["office", "customers", "billing", "incidents", "desk", "config"]  # from the ground up


def test_no_foreign_key_points_upward() -> None:
    ours = [model for model in apps.get_models() if model._meta.app_label in LAYERS]
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in ours
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is not None
        if field.related_model._meta.app_label in LAYERS
        if LAYERS.index(field.related_model._meta.app_label) > LAYERS.index(model._meta.app_label)
    ]
    assert upward == []


def test_every_app_has_its_layer() -> None:
    assert {*settings.LOCAL_APPS, "config"} == set(LAYERS)
