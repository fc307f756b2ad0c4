"""Readings of how warm a customer is (practice 1-01)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from customers.models import Customer, Reading
from customers.text import required
from office.errors import Refused
from office.models import User

NO_HEAT = gettext_noop("Please choose how warm they are, from 1 to 5.")


@transaction.atomic
def reading_note(
    *, customer: Customer, heat: int, words: str, by: User, at: datetime, key: str
) -> tuple[Reading, bool]:
    """Note one reading; return it and whether it is new. A repeated `key` answers with the first.

    Refused: invalid for a heat that is none of 1 to 5, incomplete without words: what was seen stands beside it.
    """
    if heat not in Reading.Heat:
        raise Refused("invalid", NO_HEAT, field="heat")
    said = required(words, field="words", limit=1000, lines=True)
    return Reading.objects.get_or_create(
        key=key, defaults={"customer": customer, "heat": heat, "words": said, "at": at, "by": by}
    )
