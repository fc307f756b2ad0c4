"""The policy numbers of customers and promises."""

from django.utils.translation import gettext_noop

from office.policy import Number, declare, name_group

ANSWER_WITHIN = "customers.answer_within"
PROMISE_TO_BOSS = "customers.promise_to_boss"
TEMPERATURE_DAYS = "customers.temperature.days"
TEMPERATURE_GAP = "customers.temperature.gap"
READING_DAYS = "customers.temperature.reading_days"


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
        Number(TEMPERATURE_DAYS, 14, gettext_noop("days"), 3, 90, gettext_noop("Temperature: our contacts count for")),
        Number(READING_DAYS, 45, gettext_noop("days"), 7, 366, gettext_noop("Temperature: a reading is in force for")),
        Number(
            TEMPERATURE_GAP, 2, gettext_noop("degrees"), 1, 4, gettext_noop("The next touch is proposed from a gap of")
        ),
    )
