"""What can go wrong at the terminal, said in one sentence instead of a traceback."""

import errno

NO_ROOM_WORDS = ("no space left", "disk is full", "database or disk is full", "errno 28")


class Trouble(Exception):
    """Ends the program with exit code 1 and this sentence."""


def no_room(where: object) -> Trouble:
    """Return the sentence for a full disk."""
    return Trouble(f"There is no room left on the disk that holds {where}. Make some and start again.")


def is_no_room(error: OSError) -> bool:
    """Return whether this error of the operating system means that the disk (or the quota) is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def speaks_of_no_room(output: str) -> bool:
    """Return whether a program's output says that the disk is full."""
    return any(words in output.lower() for words in NO_ROOM_WORDS)
