"""`python -m config.launcher run|test|check`: what bin/ hands over to."""

import os
import sys

from config.launcher.checking import check
from config.launcher.packages import PYTHON, ensure_python_packages
from config.launcher.testing import run_tests
from config.launcher.trouble import Trouble, is_no_room, no_room


def main(arguments: list[str]) -> int:
    """Do what the first argument says; return the exit code."""
    verb, *rest = arguments
    ensure_python_packages(dev=verb != "run")
    if verb == "run":
        # From here on the installed packages are needed.
        sys.stdout.flush()
        os.execv(PYTHON, [PYTHON, "-m", "config.launcher.running", *rest])  # noqa: S606 - our own Python
    return {"test": run_tests, "check": check}[verb](rest)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        sys.exit(str(trouble))
    except OSError as error:
        sys.exit(str(no_room(error.filename) if is_no_room(error) else error))
    except KeyboardInterrupt:
        sys.exit(130)
