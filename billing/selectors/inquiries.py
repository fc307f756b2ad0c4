"""Questions about billing: whose they are, who may answer, and how fast we answered (practice 3-07)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time
from statistics import median_low

from billing.models import Inquiry
from billing.models.inquiry import InquiryQuerySet
from customers.models import Customer
from customers.selectors import NOT_FOUND, promises_visible
from office.clock import JST, local_day
from office.errors import Refused
from office.models import User
from office.roles import Role
from office.selectors import business_calendar
from office.viewer import Viewer

SHOWN = 5  # questions on the page of a customer or an invoice


def inquiries_visible(viewer: Viewer) -> InquiryQuerySet:
    """Return the questions this viewer may read: those whose promise they may, so the ledger and this agree."""
    rows = Inquiry.objects.filter(promise__in=promises_visible(viewer).order_by().values("pk"))
    return rows.select_related(
        "customer", "invoice", "contact", "promise__owner", "promise__customer", "noted_by", "answered_by"
    )


def inquiry_get(viewer: Viewer, number: str) -> Inquiry:
    """Return one visible question; else Refused not_found."""
    found = inquiries_visible(viewer).filter(number=number).first()
    if found is None:
        raise Refused("not_found", NOT_FOUND)
    return found


def answerers_of(customer: Customer, viewer: Viewer) -> list[User]:
    """Return who may be asked to answer: the viewer, those who look after the customer, and the clerks."""
    people = [viewer.user, customer.owner, customer.deputy, customer.liaison]
    clerks = [user for user in User.objects.active().order_by("pk") if user.has_role(Role.BILLING)]
    return list(dict.fromkeys(user for user in (*people, *clerks) if user is not None and user.is_active))


@dataclass(frozen=True)
class Answered:
    """Of the questions noted in a month: how many were answered in time or later (or wait past their day), and in how
    many business days one in two was answered; None where none was."""

    month: date  # its first day
    on_time: int
    late: int
    days: int | None

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 means all; None where none was due."""
        count = self.on_time + self.late
        return self.on_time * 100 // count if count else None


def answered(viewer: Viewer, months: list[date], at: datetime) -> list[Answered]:
    """Return how the questions noted in these months were answered; one statement. One no longer asked counts as
    neither, and so does one whose time has not come; a later time agreed with the customer counts as the time."""
    days = business_calendar().business_days_between
    count: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0])
    waited: defaultdict[date, list[int]] = defaultdict(list)
    rows = inquiries_visible(viewer).exclude(outcome=Inquiry.Outcome.RELEASED).order_by()
    since = datetime.combine(months[0], time(), JST)
    for noted, ended, by in rows.filter(noted_at__gte=since).values_list(
        "noted_at", "answered_at", "promise__answer_by"
    ):
        month = local_day(noted).replace(day=1)
        if ended is not None or by < at:
            count[month][ended is None or ended > by] += 1
        if ended is not None:
            waited[month].append(days(local_day(noted), local_day(ended)))
    return [
        Answered(month, count[month][0], count[month][1], median_low(waited[month]) if waited[month] else None)
        for month in months
    ]
