"""What billing has let slip becomes an incident by itself, once, with the facts filled in (practices 0-01, 0-16)."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from billing.selectors.watch import RECORDS, Gap, missed_invoices
from billing.services import draft_gather
from customers.models import Activity
from incidents.births import FirstReport
from incidents.early import WATCH
from incidents.models import Incident
from incidents.services.reports import incident_open
from office.clock import local_day
from office.errors import Refused
from office.roles import Role
from office.selectors import business_calendar, people
from office.viewer import viewer_for

logger = logging.getLogger(__name__)
KIND = "missed_invoice"
STANDS = {"unissued": "　未発行", "unsent": "　未送付", "bounced": "　不達"}  # of an invoice that has been made
MOST = 10  # delivery notes that are told
PLAIN = re.compile(r"[^\s,、，;；]+")  # a number that can be named among others
LIVING = ("untriaged", "open", "aftercare")


def missed_invoices_sweep(*, at: datetime) -> int:
    """Open one incident for each customer and cutoff whose invoice is missing for too long; return how many.

    Billing has known of it since the cutoff, by the watch. Only while the office is open, so that its clocks run from
    then. Not beside an incident of the same sort that somebody has opened since the cutoff and that still lives. What
    is on no invoice is drafted at once, so that the incident and its letter name it.
    """
    if not business_calendar().is_open(at):
        return 0
    missed: dict[tuple[int, str], list[Gap]] = defaultdict(list)
    for gap in missed_invoices(at):
        missed[gap.customer.pk, f"{WATCH}{gap.customer.pk}:{gap.closing:%Y%m%d}"].append(gap)
    known = set(
        Incident.objects.filter(start_key__in=[key for _customer, key in missed]).values_list("start_key", flat=True)
    )
    living = Incident.objects.filter(customer__in=[pk for pk, _key in missed], kind=KIND, state__in=LIVING)
    last: dict[int, date] = {}
    for pk, moment in living.order_by("opened_at").values_list("customer", "opened_at"):
        last[pk] = local_day(moment)
    opened = 0
    for (pk, key), found in missed.items():
        if key in known or last.get(pk, date.min) > found[0].closing or not _open(key, found, at):
            continue
        opened += 1
        last[pk] = local_day(at)  # what else is missing stands on the watch, beside the incident
    return opened


def _open(key: str, found: Sequence[Gap], at: datetime) -> bool:
    """File the report in the name of the clerk the watch has told."""
    told = Activity.objects.filter(source__in=[gap.source for gap in found]).select_related("who").first()
    clerk = told.who if told else next(iter(people().with_role(Role.BILLING)), None)
    if clerk is None:
        return False
    first = found[0]
    invoice = next((gap.number for gap in found if gap.kind not in RECORDS), "") or _drafted(first, at)
    report = FirstReport(
        customer_id=first.customer.pk, kind=KIND, key=key, invoice=invoice, references=_deliveries(found),
        data={"summary": summary(found), "next_contact": "none", "told_by_customer": False},
    )  # fmt: skip
    try:
        return incident_open(viewer=viewer_for(clerk, at), report=report)[1]
    except Refused:  # nobody is in charge of the customer: the watch's finding stays with billing
        logger.exception("a missing invoice of customer %s could not become an incident", first.customer.pk)
        return False


def _deliveries(found: Sequence[Gap]) -> str:
    """The numbers of the first delivery notes it is about, as a first report names them."""
    numbers = dict.fromkeys(gap.number for gap in found if gap.kind == "unbilled" and PLAIN.fullmatch(gap.number))
    return "\n".join(list(numbers)[:MOST])


def _drafted(gap: Gap, at: datetime) -> str:
    """Make the draft of what is on no invoice, in the clock's name; its number, which stays good when it is issued.
    "" where only returns are left."""
    try:
        return draft_gather(customer_id=gap.customer.pk, until=gap.closing, by=None, at=at).number
    except Refused:
        return ""


def summary(found: Sequence[Gap]) -> str:
    """The facts in Japanese, as a first report says them: which cutoff, what is on no invoice, how much."""
    first, yen = found[0], sum(gap.yen for gap in found)
    rows = [f"・{gap.what}({gap.number}、{gap.day:%m/%d}){STANDS.get(gap.kind, '')}" for gap in found[:MOST]]
    more = [f"・ほか{len(found) - MOST}件"] if len(found) > MOST else []
    head = f"{first.closing.month}月{first.closing.day}日締めの請求書がお客様に届いていません。計{yen:,}円です。"
    return "\n".join([head, *rows, *more, "請求の見守りが見つけました。お客様からのお申し出はまだありません。"])
