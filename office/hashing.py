"""Text that two machines write alike, and its fingerprint."""

import hashlib
import json
from typing import Any


def canonical(data: Any) -> str:
    """JSON of plain values: keys sorted, no spaces, as is in Unicode. Equal data gives equal text."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(text: str, previous: str = "") -> str:
    """SHA-256 (hex) of a text after its predecessor's hash."""
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
