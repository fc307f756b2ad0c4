"""The business calendar as the company set it."""

from office.cache import ProcessCache
from office.calendar import BusinessCalendar
from office.models import ClosingDay, Company


def _load() -> BusinessCalendar:
    hours = Company.objects.values_list("opens", "closes").first()
    days = frozenset(ClosingDay.objects.values_list("date", flat=True))
    if hours is None:
        return BusinessCalendar(closing_days=days)
    return BusinessCalendar(opens=hours[0], closes=hours[1], closing_days=days)


calendar_cache = ProcessCache(_load)


def business_calendar() -> BusinessCalendar:
    """The calendar every deadline is counted by; from the process cache, so it usually costs no statement."""
    return calendar_cache.get()
