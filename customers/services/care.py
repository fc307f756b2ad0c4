"""Care holds: written by whatever went wrong, in its own transaction."""

from customers.models import CareHold


def care_hold_put(customer_id: int, source: str) -> None:
    """Put the customer in care for `source`; putting it again changes nothing."""
    CareHold.objects.bulk_create([CareHold(customer_id=customer_id, source=source)], ignore_conflicts=True)


def care_hold_drop(source: str) -> None:
    """End the care for `source`; other sources keep theirs."""
    CareHold.objects.filter(source=source).delete()
