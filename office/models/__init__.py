"""Our own company, and what every app needs: people, calendar, policy, journal, files, outbox, counters."""

from office.models.company import BankAccount, ClosingDay, Company
from office.models.counter import Counter
from office.models.file import File
from office.models.journal import JournalRow
from office.models.notebook import Notebook
from office.models.outbox import Outbox
from office.models.people import StandIn, Team, User
from office.models.policy import PolicyValue
from office.models.token import ApiToken

__all__ = [
    "ApiToken",
    "BankAccount",
    "ClosingDay",
    "Company",
    "Counter",
    "File",
    "JournalRow",
    "Notebook",
    "Outbox",
    "PolicyValue",
    "StandIn",
    "Team",
    "User",
]
