"""bin/run and its kin: what goes wrong is said in one sentence."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.environment import BASE_DIR
from config.launcher import packages
from config.launcher.children import Child, stop_all
from config.launcher.trouble import Trouble, is_no_room, speaks_of_no_room


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start bin/run's second half as a person would; it must end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "config.launcher.running", *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run(MAKOTO_DATA=str(tmp_path), PORT=str(port))
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert f"Port {port} is taken" in result.stderr


@pytest.mark.parametrize("port", ["eighty", "0", "70000"])
def test_a_port_that_is_none_is_refused(port: str, tmp_path: Path) -> None:
    result = run(MAKOTO_DATA=str(tmp_path), PORT=port)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)


def test_a_second_house_on_one_folder_is_refused(tmp_path: Path) -> None:
    holder = (
        "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX);"
        "f.write('4711'); f.flush(); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(tmp_path / "run.lock")], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        other.stdout.readline()
        result = run(MAKOTO_DATA=str(tmp_path), PORT="8000")
        other.kill()
    assert result.returncode == 1
    assert "already runs" in result.stderr
    assert "4711" in result.stderr


def test_an_unknown_option_is_refused() -> None:
    assert "--check" in run("--help").stderr


def test_a_python_that_is_too_old_is_named() -> None:
    result = subprocess.run(
        ["bin/run"],
        env=os.environ | {"PYTHON": "no-such-python"},
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "needs Python 3.11 or newer" in result.stderr


def test_a_missing_library_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "LIBRARIES", {"libnothere.so.0": "libnothere0"})
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Trouble, match="sudo apt-get install --yes --no-install-recommends libnothere0"):
        packages.ensure_libraries()


def test_a_full_disk_is_recognised() -> None:
    assert is_no_room(OSError(errno.ENOSPC, "No space left on device"))
    assert speaks_of_no_room("sqlite3.OperationalError: database or disk is full")
    assert not speaks_of_no_room("all is well")


def test_a_child_that_dies_comes_back_after_a_pause(capsys: pytest.CaptureFixture[str]) -> None:
    child = Child("clerk", [sys.executable, "-c", "raise SystemExit(3)"], pause=0.01)
    child.start()
    assert child.process
    child.process.wait()
    child.look_after()
    assert child.process is None
    time.sleep(0.02)
    child.look_after()
    assert child.process is not None
    assert child.pause == 0.02
    assert "The clerk ended (exit code 3)" in capsys.readouterr().out
    stop_all([child])


def test_a_child_that_will_not_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.launcher.children.PATIENCE", 0.3)
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    child = Child("clerk", [sys.executable, "-c", stubborn])
    child.start()
    time.sleep(0.5)
    stop_all([child])
    assert child.process
    assert child.process.returncode in (-signal.SIGKILL, -signal.SIGTERM)


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
def test_children_die_with_their_parent() -> None:
    parent = (
        "from config.launcher.children import Child; import sys, time;"
        "c = Child('c', [sys.executable, '-c', 'import time; time.sleep(60)']); c.start();"
        "print(c.process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", parent], cwd=BASE_DIR, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        time.sleep(0.5)
        process.kill()
    until = time.monotonic() + 10
    while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().split()[2]:
        assert time.monotonic() < until
        time.sleep(0.05)
