"""What every request needs and hardly ever changes, kept in the process for a few seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import transaction

T = TypeVar("T")
SECONDS = 30.0  # how long another process may still show the old value; monotonic, so a turned clock does no harm


class ProcessCache(Generic[T]):
    """One value, loaded when asked for, forgotten on write and after SECONDS."""

    _all: list[ProcessCache[object]] = []

    def __init__(self, load: Callable[[], T]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._kept: tuple[float, T] | None = None
        self._writes = 0
        ProcessCache._all.append(self)  # type: ignore[arg-type]

    def get(self) -> T:
        """The value; spends the loader's statements only when there is none or it is too old."""
        kept = self._kept
        if kept is not None and time.monotonic() - kept[0] < SECONDS:
            return kept[1]
        writes = self._writes
        value = self._load()
        with self._lock:
            if writes == self._writes:  # a value read before a write must not outlive it
                self._kept = (time.monotonic(), value)
        return value

    def clear(self) -> None:
        """Forget the value now."""
        with self._lock:
            self._writes += 1
            self._kept = None

    def clear_with_commit(self) -> None:
        """Forget now, for readers in this transaction, and once more when others can see the write."""
        self.clear()
        transaction.on_commit(self.clear)


def clear_all() -> None:
    """Forget everything: for tests, and after a restore."""
    for cache in ProcessCache._all:
        cache.clear()
