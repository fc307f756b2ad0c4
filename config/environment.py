"""The door to the environment: what `settings.py` and the launcher must agree on, in the standard library only.

The launcher runs before anything is installed, so nothing here may import Django.
"""

import hashlib
import os
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
MODES = ("demo", "production")
# The kernel keeps 108 bytes for a Unix socket's name (104 on macOS); longer ones fail with an obscure message.
LONGEST_SOCKET = 100
SHORTEST_SECRET = 40


def data_dir() -> Path:
    """Return MAKOTO_DATA as an absolute path; `var` in the project where it is not set."""
    return Path(os.environ.get("MAKOTO_DATA") or BASE_DIR / "var").resolve()


def broker_socket(data: Path) -> Path:
    """Return where the embedded broker of this data folder listens.

    A folder with a long name gets a short one in the temporary folder, the same each time.
    """
    path = data / "broker" / "broker.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return path
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"makoto-{os.getuid()}-{digest}" / "broker.sock"


def broker_url(data: Path) -> str:
    """Return REDIS_URL in the spelling Celery knows; the embedded broker's socket where it is not set."""
    url = os.environ.get("REDIS_URL") or f"unix://{broker_socket(data)}"
    if url.startswith("unix://"):
        return "redis+socket://" + url.removeprefix("unix://")
    return url


def demo_secret_key(data: Path) -> str:
    """Return the key of this data folder, made once and readable by its owner only.

    Web, worker and beat may start at the same moment, so the finished file is linked into place: one of them wins.
    """
    path = data / "secret.key"
    if not path.exists():
        draft = data / f"secret.key.{os.getpid()}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def refusals(*, mode: str, secret_key: str, allowed_hosts: Sequence[str], email_url: str, debug: bool) -> list[str]:
    """Return one sentence for each setting that production must not run with; an empty list means go."""
    if mode not in MODES:
        return [f"MAKOTO_ENV is {mode!r}; it must be demo or production."]
    if mode == "demo":
        return []
    found = {
        "SECRET_KEY is not set. Production needs its own: a random text of 50 characters or more.": not secret_key,
        f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters. Set a longer random one.": (
            0 < len(secret_key) < SHORTEST_SECRET
        ),
        "SECRET_KEY is a key that was made for a demo. Set one of your own.": secret_key.startswith("django-insecure-"),
        "ALLOWED_HOSTS is not set. List the names this service answers to, for example makoto.example.co.jp.": (
            not allowed_hosts
        ),
        "ALLOWED_HOSTS contains *, so anybody may choose the name in our links. List the real names.": (
            "*" in allowed_hosts
        ),
        "EMAIL_URL is not set, so no notice would leave the house. Set it, for example "
        "smtp+tls://user:password@mail.example.co.jp:587.": not email_url,
        "DEBUG is on and would show source code to strangers. Remove it.": debug,
    }
    return [sentence for sentence, wrong in found.items() if wrong]
