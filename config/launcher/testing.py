"""bin/test: all tests, with what they need."""

import os
import subprocess
from collections.abc import Sequence

from config.environment import data_dir
from config.launcher.packages import PYTHON, ensure_libraries, ensure_test_programs

PROCESSES = "3"  # on two cores: a third of the time is spent waiting, for a browser, a database, a child that dies


def run_tests(arguments: Sequence[str], *, environment: dict[str, str] | None = None) -> int:
    """Run pytest with these arguments; return its exit code. Its data stand in a folder of their own."""
    ensure_libraries()
    ensure_test_programs()
    return pytest(arguments, environment=environment or {})


def pytest(arguments: Sequence[str], *, environment: dict[str, str]) -> int:
    """Run pytest with these arguments and variables; return its exit code."""
    folder = {"MAKOTO_DATA": str(data_dir() / "test")}
    # What one process has compiled, the others only read, even where nothing shall be written beside the sources.
    compiled = {"PYTHONDONTWRITEBYTECODE": ""}
    command = [PYTHON, "-m", "pytest", "-n", PROCESSES, "--dist", "worksteal", *arguments]
    return subprocess.run(command, env=os.environ | folder | compiled | environment, check=False).returncode
