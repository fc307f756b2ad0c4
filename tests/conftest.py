"""What every test has: plain static files, a fast password hash, translations compiled."""

import pytest
from django.conf import settings


def pytest_configure(config: pytest.Config) -> None:
    """Settings that only tests need; everything else is tested as it runs."""
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
