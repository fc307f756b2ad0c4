"""Numbers without gaps."""

from django.db import connection
from django.db.models import F

from office.models import Counter


def number_next(*, key: str) -> int:
    """The next number of a key, from 1. Must run inside the transaction that uses it: rolled back, it is given again.

    The UPDATE locks the row until the caller commits, so two callers never see the same number. Two statements.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("number_next belongs inside the transaction that uses the number")
    row = Counter.objects.filter(key=key)
    if not row.update(value=F("value") + 1):
        Counter.objects.bulk_create([Counter(key=key)], ignore_conflicts=True)
        row.update(value=F("value") + 1)
    return row.values_list("value", flat=True).get()
