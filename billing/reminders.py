"""ご入金の確認: when a payment that has not come is asked about, how far, and when nobody asks (practice 3-07).

Pure: no database, no clock. It asks and never demands: the invoice may not have arrived, or our books may lag.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from billing.matching import Claim
from customers.models import Customer

PREFIX = "payment-reminder:"
LABEL = gettext_noop("Confirming a payment")
IN_CARE = gettext_noop("Not asked while the customer is in care.")
QUESTION = gettext_noop("Not asked while an answer to the customer is still to come.")
WRONG = gettext_noop("Not asked: this invoice is being corrected.")
OWED = gettext_noop("Not asked: we still owe this customer something from a return invoice.")
TRANSFER = gettext_noop("Not asked: a transfer that may be this payment is still to be booked.")
UNKNOWN = gettext_noop("Not asked: nothing that came in later than the payment day stands in the books yet.")
OLD = gettext_noop("Not asked by itself: the payment day lies too far back.")
DETAILS = (
    gettext_noop("The payment does not stand in our books yet. Did the invoice arrive?"),
    gettext_noop("Shall we ask which day the payment is planned for?"),
    gettext_noop("Shall we offer to talk about the payment together with the boss?"),
)


@dataclass(frozen=True)
class Overdue:
    """An instalment whose day has passed: how many business days, which time we would ask now, why we do not.

    stage: 1, 2, 3; 0 when it is not time. pause: a msgid, "" when nothing speaks against asking.
    """

    claim: Claim
    customer: Customer
    late: int
    asked: int
    stage: int
    pause: str

    @property
    def is_asked(self) -> bool:
        """Whether a person is to ask now."""
        return bool(self.stage) and not self.pause


def stage(late: int, since_each: Sequence[int], after: Sequence[int]) -> int:
    """Return the time (1, 2, …) to ask now, 0 for not now.

    late: business days since the payment day; since_each: business days since each time it was asked about, in order;
    after: the house rule, business days after the payment day. No time is skipped: between two lie at least as many
    days as between their numbers in the rule.
    """
    done = len(since_each)
    if done >= len(after) or late < after[done]:
        return 0
    if done and since_each[-1] < after[done] - after[done - 1]:
        return 0
    return done + 1


def source_of(instalment_id: int, time: int) -> str:
    """Return the source of the activity for one time of asking: written once, however many sweeps."""
    return f"{PREFIX}{instalment_id}:{time}"


def detail(time: int) -> str:
    """Return the sentence (a msgid) for the one who asks; from the third time on it stays the last."""
    return DETAILS[min(time, len(DETAILS)) - 1]
