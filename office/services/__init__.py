"""Every change of our own company's data. Keyword-only, one transaction each."""

from office.services.company import (
    bank_account_create,
    bank_account_delete,
    closing_day_create,
    closing_day_delete,
    company_update,
    working_hours_update,
)
from office.services.counters import number_next
from office.services.files import file_store
from office.services.journal import journal_write
from office.services.notebook import calendar_key_create, calendar_key_drop, morning_put, user_for_calendar
from office.services.outbox import Message, outbox_check, outbox_drop, outbox_hold, outbox_put, outbox_retry
from office.services.people import (
    person_create,
    person_language_set,
    person_update,
    stand_in_create,
    stand_in_delete,
    team_create,
)
from office.services.policy import policy_set
from office.services.seal import seal_store
from office.services.sender import outbox_send
from office.services.tokens import token_create, user_for_token

__all__ = [
    "Message",
    "bank_account_create",
    "bank_account_delete",
    "calendar_key_create",
    "calendar_key_drop",
    "closing_day_create",
    "closing_day_delete",
    "company_update",
    "file_store",
    "journal_write",
    "morning_put",
    "number_next",
    "outbox_check",
    "outbox_drop",
    "outbox_hold",
    "outbox_put",
    "outbox_retry",
    "outbox_send",
    "person_create",
    "person_language_set",
    "person_update",
    "policy_set",
    "seal_store",
    "stand_in_create",
    "stand_in_delete",
    "team_create",
    "token_create",
    "user_for_calendar",
    "user_for_token",
    "working_hours_update",
]
