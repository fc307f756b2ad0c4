"""The only writer of files."""

import hashlib
from datetime import datetime

from office.errors import Refused
from office.models import File, User
from office.text import clean_line

LIMIT = 20 * 1024 * 1024  # bytes


def file_store(*, name: str, content_type: str, data: bytes, by: User | None, at: datetime) -> File:
    """Store bytes for good, in the caller's transaction. by: None for the system. Refused above LIMIT."""
    if len(data) > LIMIT:
        raise Refused(
            "invalid", "The file is too large. The limit is %(limit)s MB.", field="file", limit=LIMIT // 2**20
        )
    return File.objects.create(
        sha256=hashlib.sha256(data).hexdigest(),
        name=clean_line(name)[:200],
        content_type=content_type,
        size=len(data),
        data=data,
        by=by,
        at=at,
    )
