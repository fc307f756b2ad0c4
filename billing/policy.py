"""The policy numbers of billing."""

from django.utils.translation import gettext_noop

from office.policy import Number, declare, name_group

LARGE_PAYMENT = "billing.large_payment"
LOOK_BACK = "billing.thank_you_look_back"
CALL_AGAIN = "billing.call_again"


def declare_numbers() -> None:
    """Tell office which numbers exist; called when the app is ready."""
    name_group("billing", gettext_noop("Billing"))
    declare(
        Number(
            LARGE_PAYMENT, 1_000_000, gettext_noop("yen"), 1, 10_000_000_000, gettext_noop("A payment is large from")
        ),
        Number(
            LOOK_BACK,
            7,
            gettext_noop("days"),
            1,
            60,
            gettext_noop("A thank-you call is opened up to this long after the payment day"),
        ),
        Number(
            CALL_AGAIN,
            120,
            "business minutes",
            10,
            2_000,
            gettext_noop("After an absence a thank-you call is tried again in"),
        ),
    )
