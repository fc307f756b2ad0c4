"""What production refuses, and where things lie."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.environment import LONGEST_SOCKET, broker_socket, broker_url, demo_secret_key, refusals

SAFE: dict[str, Any] = {
    "mode": "production",
    "secret_key": "k" * 50,
    "allowed_hosts": ["makoto.example.co.jp"],
    "email_url": "smtp://localhost:25",
    "debug": False,
}


def test_production_starts_with_safe_settings() -> None:
    assert refusals(**SAFE) == []


@pytest.mark.parametrize(
    ("unsafe", "named"),
    [
        ({"secret_key": ""}, "SECRET_KEY is not set"),
        ({"secret_key": "short"}, "SECRET_KEY is shorter"),
        ({"secret_key": "django-insecure-" + "x" * 50}, "made for a demo"),
        ({"allowed_hosts": []}, "ALLOWED_HOSTS is not set"),
        ({"allowed_hosts": ["a.example", "*"]}, "ALLOWED_HOSTS contains *"),
        ({"email_url": ""}, "EMAIL_URL is not set"),
        ({"debug": True}, "DEBUG is on"),
    ],
)
def test_production_refuses_each_unsafe_setting_with_one_sentence(unsafe: dict[str, Any], named: str) -> None:
    found = refusals(**(SAFE | unsafe))
    assert len(found) == 1
    assert named in found[0]


def test_a_demo_may_do_without_all_of_them() -> None:
    assert refusals(mode="demo", secret_key="", allowed_hosts=[], email_url="", debug=True) == []


def test_an_unknown_mode_is_refused() -> None:
    assert "must be demo or production" in refusals(**(SAFE | {"mode": "prod"}))[0]


def test_the_command_line_says_it_without_a_traceback(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "MAKOTO_ENV": "production", "MAKOTO_DATA": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "manage.py", "check"], env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "SECRET_KEY is not set" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_demo_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    key = demo_secret_key(tmp_path)
    assert len(key) >= 50
    assert demo_secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_the_broker_listens_in_the_data_folder(tmp_path: Path) -> None:
    assert broker_socket(Path("/srv/makoto")) == Path("/srv/makoto/broker/broker.sock")


def test_a_long_folder_gets_a_short_socket_and_its_own() -> None:
    one, other = (broker_socket(Path("/srv") / ("x" * 100) / name) for name in "ab")
    assert len(str(one)) <= LONGEST_SOCKET
    assert one != other


def test_redis_url_replaces_the_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert broker_url(Path("/srv/makoto")) == "redis+socket:///srv/makoto/broker/broker.sock"
    monkeypatch.setenv("REDIS_URL", "redis://broker:6379/0")
    assert broker_url(Path("/srv/makoto")) == "redis://broker:6379/0"
    monkeypatch.setenv("REDIS_URL", "unix:///run/redis.sock")
    assert broker_url(Path("/srv/makoto")) == "redis+socket:///run/redis.sock"
