"""Days as Japanese papers write them."""

from __future__ import annotations

from datetime import date

ERAS = ((date(2019, 5, 1), "令和"), (date(1989, 1, 8), "平成"), (date(1926, 12, 25), "昭和"))
WEEKDAYS = "月火水木金土日"


def wareki(day: date) -> str:
    """Return 令和8年11月24日; the Western year for a day before 昭和."""
    for start, era in ERAS:
        if day >= start:
            year = day.year - start.year + 1
            return f"{era}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return f"{day.year}年{day.month}月{day.day}日"


def with_weekday(day: date) -> str:
    """Return 令和8年11月24日（火）."""
    return f"{wareki(day)}（{WEEKDAYS[day.weekday()]}）"


def spoken(day: date, near: date | None) -> str:
    """Return 12月4日, or with the era and year when it is not the year of `near`."""
    return f"{day.month}月{day.day}日" if near and near.year == day.year else wareki(day)
