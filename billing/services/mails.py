"""What the outbox says of mails that were handed to it under some keys."""

from collections.abc import Collection, Sequence

from office.models import Outbox
from office.text import clean_line

LONGEST = 300  # characters of what the mail server said


def mails_of(keys: Collection[str]) -> list[Outbox]:
    """Return the messages of these keys, the first written first."""
    return list(Outbox.objects.filter(key__in=keys).order_by("pk"))


def trouble_of(mails: Sequence[Outbox]) -> str:
    """Return the address and the words of the first that was given up or put aside; "" while none was."""
    refused = next((one for one in mails if one.state in (Outbox.State.DEAD, Outbox.State.DROPPED)), None)
    if refused is None:
        return ""
    by_hand = "put aside: " if refused.state == Outbox.State.DROPPED else ""
    return clean_line(f"{refused.address} {by_hand}{refused.last_error}")[:LONGEST]


def all_sent(mails: Sequence[Outbox]) -> bool:
    """Whether there are some, and all of them have gone out."""
    return bool(mails) and all(one.state == Outbox.State.SENT for one in mails)


def mails_settle(keys: Collection[str]) -> None:
    """Those that came back need no decision any more: something else has taken their place."""
    Outbox.objects.dead().filter(key__in=keys).update(state=Outbox.State.DROPPED)
