"""The policy numbers of customers and promises."""

from django.utils.translation import gettext_noop

from office.policy import Number, declare, name_group

ANSWER_WITHIN = "customers.answer_within"
PROMISE_TO_BOSS = "customers.promise_to_boss"


def declare_numbers() -> None:
    """Tell office which numbers exist; called when the app is ready."""
    name_group("customers", gettext_noop("Customers"))
    declare(
        Number(
            ANSWER_WITHIN,
            1,
            gettext_noop("business days"),
            1,
            20,
            gettext_noop("A request is answered within, until a date is agreed"),
        ),
        Number(
            PROMISE_TO_BOSS,
            1,
            gettext_noop("business days"),
            0,
            10,
            gettext_noop("A promise past its day is told to the manager after"),
        ),
    )
