"""Every question other apps ask about our own company."""

from office.selectors.calendar import business_calendar
from office.selectors.company import bank_accounts, closing_days, company
from office.selectors.journal import journal_day_hash, journal_page
from office.selectors.outbox import outbox_counts, outbox_oldest_due, outbox_troubles
from office.selectors.people import Directory, colleagues, people, stand_ins, teams
from office.selectors.policy import policies, policy, policy_history, policy_table

__all__ = [
    "Directory",
    "bank_accounts",
    "business_calendar",
    "closing_days",
    "colleagues",
    "company",
    "journal_day_hash",
    "journal_page",
    "outbox_counts",
    "outbox_oldest_due",
    "outbox_troubles",
    "people",
    "policies",
    "policy",
    "policy_history",
    "policy_table",
    "stand_ins",
    "teams",
]
