"""What the record knows for the slots of a letter that no invoice fills (words, section 7): the machine, order and
delivery, the hour of a missed appointment, what is left of a repair. What it does not know stays a slot."""

from __future__ import annotations

import json
import math
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Q

from billing.selectors.goods import goods_named
from customers.models import Appointment, Promise
from incidents.letters.draft import LATE_BY
from incidents.machines import KNOWN_AS as MACHINE
from incidents.models import Incident, Submission
from incidents.references import references_of
from office.clock import JST
from office.days import spoken

LATELY = timedelta(days=14)  # so long before we knew of it may a missed appointment lie


class Visit(NamedTuple):
    """An appointment that we missed: when it was to begin, and when we came, if at all."""

    starts: datetime
    arrived_at: datetime | None

    @property
    def late(self) -> int:
        """The minutes by which we came too late, none cut off; 0 where we did not come."""
        return math.ceil((self.arrived_at - self.starts) / timedelta(minutes=1)) if self.arrived_at else 0


def slots_of(incident: Incident, near: date | None) -> dict[str, str]:
    """Return by the name of a slot what the record says; near: the day of the letter, whose year needs no naming."""
    known = incident.case.get("known", {})
    goods = goods_named(incident.customer_id, references_of(known))
    items = f"{goods.items[0]}ほか{len(goods.items) - 1}点" if len(goods.items) > 1 else "".join(goods.items)
    delivered, promised = (spoken(day, near) if day else "" for day in (goods.delivered_on, goods.promised_on))
    left = _left(incident) if known.get("residuals") else 0
    visit = _visit(incident)
    found = {
        "番号": str(known.get(MACHINE, "")),
        "製品名": items,
        "品名": items,
        "納入日": delivered,
        "納品日": delivered,
        "納品書番号": goods.delivery_number,
        "注文番号": goods.order_number,
        "当初の納期": promised,
        "正しい品名": goods.ordered,
        "誤った品名": goods.sent,
        "件数": str(left) if left else "",
        **_repair(incident, near),
        "日時": _hour(visit.starts, near) if visit else "",
        LATE_BY: str(visit.late) if visit and visit.late else "",
    }
    return {slot: text for slot, text in found.items() if text}


def _repair(incident: Incident, near: date | None) -> dict[str, str]:
    """Since when it runs again, and for how many hours it stood, as agreed with the customer."""
    if incident.case["steps"].get("repair_period", {}).get("state") != "done":
        return {}
    row = Submission.objects.filter(incident=incident, step="repair_period").latest("submission")
    paper = json.loads(row.text)
    since = paper.get("running_since")
    day = spoken(datetime.fromisoformat(since).astimezone(JST).date(), near) if since else ""
    return {"対策日": day, "時間": str(paper.get("stopped_hours") or "")}


def _left(incident: Incident) -> int:
    """How many items of a repair wait for their sign-off."""
    return Promise.objects.open().to_be_signed().filter(number=incident.number).count()


def _visit(incident: Incident) -> Visit | None:
    """The appointment to which nobody is known to have come, or somebody too late: None where there are two, since a
    letter names one."""
    if incident.kind != "missed_appointment":
        return None
    rows = Appointment.objects.filter(
        customer=incident.customer_id, kind=Appointment.Kind.VISIT,
        starts__lte=incident.aware_at, starts__gt=incident.aware_at - LATELY,
    )  # fmt: skip
    late = Q(arrived_at=None) | Q(arrived_at__gt=F("starts"))
    found = set(rows.filter(late).values_list("starts", "arrived_at"))
    return Visit(*found.pop()) if len(found) == 1 else None


def _hour(moment: datetime, near: date | None) -> str:
    """11月20日午後2時30分."""
    local = moment.astimezone(JST)
    minutes = f"{local.minute}分" if local.minute else ""
    return f"{spoken(local.date(), near)}{'午前' if local.hour < 12 else '午後'}{local.hour % 12}時{minutes}"
