"""bin/check: everything that must hold before a change is shared."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from config.environment import BASE_DIR
from config.launcher.children import reason
from config.launcher.packages import PYTHON, ensure_libraries, ensure_test_programs
from config.launcher.postgres import temporary_postgres
from config.launcher.testing import pytest
from config.launcher.trouble import Trouble

TOOLS = str(Path(PYTHON).parent)
CODE = ("config", "office", "customers", "billing", "incidents", "desk", "tests", "manage.py")
MANAGE = (PYTHON, "manage.py")
# Values that production would accept, to see whether its settings are safe.
PRODUCTION = {
    "MAKOTO_ENV": "production",
    "SECRET_KEY": "only-for-the-check-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "makoto.example.co.jp",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.co.jp:587",
}
COMMANDS: dict[str, Sequence[str]] = {
    "style": (f"{TOOLS}/ruff", "check", *CODE),
    "format": (f"{TOOLS}/ruff", "format", "--check", *CODE),
    "templates": (f"{TOOLS}/djlint", "--lint", "--quiet", "templates"),
    "layers": (f"{TOOLS}/lint-imports",),
    "migrations": (*MANAGE, "makemigrations", "--check", "--dry-run"),
    "production settings": (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"),
    "translations": (*MANAGE, "messages", "--check"),
    "types": (f"{TOOLS}/mypy", *CODE),
}
LONGEST = "types"  # takes one processor as long as all the others together: it is begun first and told last


def check(arguments: Sequence[str]) -> int:
    """Run every check, also after one has failed; return 1 and name the failed ones at the end."""
    if arguments:
        raise Trouble("bin/check takes no arguments; single tests run with bin/test.")
    ensure_libraries()
    ensure_test_programs()
    with tempfile.TemporaryDirectory(prefix="makoto-check-") as folder:
        steps: dict[str, Callable[[], int]] = {name: partial(_command, name, folder) for name in COMMANDS}
        steps[LONGEST] = _begun(LONGEST, folder)
        steps["tests on SQLite"] = lambda: pytest((), environment={"MAKOTO_DATA": folder})
        steps["tests on PostgreSQL"] = lambda: _on_postgres(folder)
        failed = [name for name, step in steps.items() if not _passes(name, step)]
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nAll is well.", flush=True)
    return 1 if failed else 0


def _passes(name: str, step: Callable[[], int]) -> bool:
    print(f"\n== {name}", flush=True)
    start = time.monotonic()
    code = step()
    outcome = f"FAILED ({reason(code)})" if code else "ok"
    print(f"-- {name}: {outcome}, {time.monotonic() - start:.0f} s", flush=True)
    return code == 0


def _command(name: str, folder: str) -> int:
    return subprocess.run(COMMANDS[name], env=_environment(name, folder), cwd=BASE_DIR, check=False).returncode


def _begun(name: str, folder: str) -> Callable[[], int]:
    """Begin a command beside the others; what is returned waits for its end and shows what it said."""
    process = subprocess.Popen(
        COMMANDS[name], env=_environment(name, folder), cwd=BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )

    def end() -> int:
        said, _ = process.communicate()
        print(said.decode(errors="replace"), end="", flush=True)
        return process.returncode

    return end


def _environment(name: str, folder: str) -> dict[str, str]:
    return os.environ | {"MAKOTO_DATA": folder} | (PRODUCTION if name == "production settings" else {})


def _on_postgres(folder: str) -> int:
    with temporary_postgres() as url:
        return pytest(("-m", "both"), environment={"MAKOTO_DATA": folder, "DATABASE_URL": url})
