"""What must be installed: the Python packages of a lock file, and what only the operating system can give."""

import ctypes
import ctypes.util
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.environment import BASE_DIR
from config.launcher.trouble import Trouble, no_room, speaks_of_no_room

VENV = BASE_DIR / ".venv"
PYTHON = str(VENV / "bin" / "python")
RUN_LOCK = BASE_DIR / "requirements.lock"
DEV_LOCK = BASE_DIR / "requirements-dev.lock"
STAMP = VENV / "makoto.stamp"

# WeasyPrint draws letters with these. Without the last one it works, but 10 to 25 times slower.
LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
TEST_PROGRAMS = {"chromium": "chromium", "pdftotext": "poppler-utils"}
CJK_FONTS = "/usr/share/fonts"


def ensure_python_packages(*, dev: bool) -> None:
    """Make `.venv` and install the lock into it; a stamp of the lock makes every later start quick."""
    with _one_at_a_time(RUN_LOCK):
        if not _works(PYTHON):
            _make_venv()
        wanted = [_stamp_of(RUN_LOCK)] + ([_stamp_of(DEV_LOCK)] if dev else [])
        if set(wanted) <= set(_read_stamp()):
            return
        STAMP.unlink(missing_ok=True)
        print("Installing the Python packages (only after a change, about a minute) …", flush=True)
        lock = DEV_LOCK if dev else RUN_LOCK
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
        _install([*pip, "--require-hashes", "--requirement", str(lock)], "The Python packages could not be installed.")
        STAMP.write_text("\n".join(wanted) + "\n")


def ensure_libraries() -> None:
    """Install the system libraries that letters need, or say how."""
    ensure_system_packages([package for name, package in LIBRARIES.items() if not _loads(name)])


def ensure_test_programs() -> None:
    """Install the programs that the tests drive, or say how."""
    missing = [package for program, package in TEST_PROGRAMS.items() if not shutil.which(program)]
    if not any(Path(CJK_FONTS).rglob("*CJK*")):
        missing.append("fonts-noto-cjk")
    if not postgres_folder():
        missing.append("postgresql")
    ensure_system_packages(missing)


def postgres_folder() -> Path | None:
    """Return the folder of the newest PostgreSQL server's programs; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def ensure_system_packages(packages: list[str]) -> None:
    """Install Debian packages as root; anybody else gets the command to type."""
    if not packages:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Trouble(f"Makoto needs {', '.join(packages)}. Install it and start again:\n  sudo {' '.join(command)}")
    print(f"Installing {', '.join(packages)} …", flush=True)
    if _apt(command) and (_apt(["apt-get", "update"]) or _apt(command)):
        raise Trouble(f"{', '.join(packages)} could not be installed. Try it by hand:\n  {' '.join(command)}")


def _apt(command: list[str]) -> int:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    quiet = subprocess.DEVNULL
    return subprocess.run(command, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, check=False).returncode


def _loads(library: str) -> bool:
    # Asking the loader itself, because ldconfig is not on a plain user's PATH.
    if sys.platform != "linux":
        return ctypes.util.find_library(library.removeprefix("lib").split(".so")[0]) is not None
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _works(python: str) -> bool:
    try:
        test = [python, "-c", "import pip, sys; sys.exit(sys.version_info < (3, 11))"]
        return subprocess.run(test, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make_venv() -> None:
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    failed = f"The folder {VENV} could not be made."
    result = _capture(command)
    if result.returncode and "ensurepip" in result.stdout:
        ensure_system_packages(["python3-venv"])
        result = _capture(command)
    _expect(result, failed)


def _install(command: list[str], failed: str) -> None:
    _expect(_capture(command), failed)


def _capture(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def _expect(result: subprocess.CompletedProcess[str], failed: str) -> None:
    if result.returncode == 0:
        return
    if speaks_of_no_room(result.stdout):
        raise no_room(VENV)
    raise Trouble(f"{failed} The last lines were:\n{last_lines(result.stdout)}")


def last_lines(output: str, count: int = 6) -> str:
    """Return the end of a program's output, indented."""
    return "\n".join("  " + line for line in output.strip().splitlines()[-count:])


def _stamp_of(lock: Path) -> str:
    return f"{lock.name} {hashlib.sha256(lock.read_bytes()).hexdigest()}"


def _read_stamp() -> list[str]:
    return STAMP.read_text().splitlines() if STAMP.exists() else []


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
