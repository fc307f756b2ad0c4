"""The one clock. Only views, tasks and commands ask it; everything below takes the time as `at`."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def local_day(at: datetime) -> date:
    """The calendar day in Japan at this moment."""
    return at.astimezone(JST).date()
