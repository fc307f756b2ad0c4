"""Tells what happened through the real services, at moments in the past, so that every chain is as in daily work.

Each act has a key: told again after an interruption, what is there already is answered from its entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from billing.due import Part
from billing.models import Invoice
from billing.services import invoice_create
from config.demo.days import Days
from config.demo.invoices import check_and_issue, post, tax_of
from customers.models import Contact, Customer, Promise
from customers.services import promise_keep
from incidents import store
from incidents.actions import scene
from incidents.leaves.alternatives import waiting_for
from incidents.leaves.rehearsal import rehearse_example
from incidents.models import Entry, Incident, IssuedLetter, Measure
from incidents.selectors import incident_get
from incidents.services import FirstReport, incident_open, letter_print, measure_done, opened
from incidents.steps import KINDS, Setting
from incidents.turn import Order
from office.clock import local_day
from office.models import User
from office.viewer import Viewer, viewer_for

SOON, MINUTE = timedelta(minutes=4), timedelta(minutes=1)


@dataclass(frozen=True)
class House:
    """Everybody and everything the tales are about."""

    days: Days
    people: Mapping[str, User]
    customers: Mapping[str, Customer]

    def viewer(self, who: str, at: datetime) -> Viewer:
        """One of us at a moment."""
        return viewer_for(self.people[who], at)

    def pk(self, *who: str) -> list[int]:
        """Our people's ids."""
        return [self.people[name].pk for name in who]


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """A delivery that was not billed, or billed wrongly. days: business days before the report."""

    subject: str
    quantity: str
    net: int
    delivered: int
    planned: int


@dataclass(frozen=True, kw_only=True)
class Start:
    """How an incident begins: the words of the first report, and who found it."""

    summary: str
    at: datetime
    by: str = "rep"
    severity: str = "B"
    kind: str = "missed_invoice"
    heard: int = 0  # minutes before the report at which we came to know
    next_contact: str = "today"
    next_contact_at: datetime | None = None
    by_mouth: bool = False
    words: str = ""
    told_by_customer: bool = True
    machine: str = ""
    bill: Forgotten | None = None


class Check(NamedTuple):
    """An effect check: when, by whom, what shows it."""

    at: datetime
    by: str
    evidence: str


@dataclass
class Tale:
    """One incident while it is being told."""

    house: House
    key: str
    customer: Customer
    number: str
    owner: str
    last: datetime
    invoice: str = ""
    acts: dict[str, int] = field(default_factory=dict)  # how often each act was told

    @property
    def incident(self) -> Incident:
        """As it stands now."""
        return Incident.objects.select_related("customer", "owner__boss", "told_to").get(number=self.number)

    @property
    def contacts(self) -> list[int]:
        """The customer's people, deciders first."""
        return list(Contact.objects.filter(customer=self.customer).values_list("pk", flat=True))

    def do(self, at: datetime, who: str, name: str, step: str = "", data: Mapping[str, Any] | None = None) -> Tale:
        """Let somebody give a command; alarms that passed before it have rung."""
        key = self._next_key(name, step)
        if self._is_told(key):
            return self
        at = self._in_order(at)
        self.ring(at)
        state = self.incident.case["steps"].get(step, {})
        paper = self._example(who, step, at) if data is None and name == "submit" else dict(data or {})
        order = Order(name, key, step, state.get("submission", 0), paper)
        store.execute(viewer=self.house.viewer(who, at), number=self.number, order=order)
        return self

    def _next_key(self, name: str, step: str) -> str:
        """The key of the next act of this name: "demo:forgotten:submit:follow_up:2"."""
        act = f"{self.key}:{name}:{step}"
        self.acts[act] = self.acts.get(act, 0) + 1
        return f"{act}:{self.acts[act]}"

    def _in_order(self, at: datetime) -> datetime:
        """No act before the one told last, however early in the day the demo is made."""
        self.last = min(max(at, self.last + MINUTE), self.house.days.now)
        return self.last

    def _is_told(self, key: str) -> bool:
        return Entry.objects.filter(incident__number=self.number, key=key).exists()

    def _example(self, who: str, step: str, at: datetime) -> dict[str, Any]:
        """What the record makes of a paper: the letter's first draft."""
        state = self.incident.case["steps"].get(step, {})
        setting = Setting(self.incident, self.house.people[who], at, state.get("submission", 0) + 1)
        paper = KINDS[step].example(setting)
        if step == "letter":  # a letter writes in full what the card may shorten
            to = paper["letter"]["addressee"]
            to["company"] = to["company"].replace("㈱", "株式会社")
        return paper

    def ring(self, at: datetime) -> None:
        """Let every alarm ring that has passed by a moment, each at its own time."""
        wakes = Incident.objects.filter(number=self.number, wake_at__lte=at)
        while moment := wakes.values_list("wake_at", flat=True).first():
            store.ring(number=self.number, at=moment)

    def heard(self, at: datetime, boss: str, answer: str = "thanks") -> Tale:
        """The boss opens the report and answers with one tap."""
        viewer = self.house.viewer(boss, max(at, self.last + MINUTE))
        opened(viewer=viewer, incident=incident_get(viewer, self.number))
        return self.do(at + SOON, boss, "acknowledge", data={"answer": answer})

    def apologised(self, at: datetime, words: str, *, who: str = "", to: int = 0, **promise: Any) -> Tale:
        """The first apology by telephone; what the report promised is kept with it."""
        who = who or self.owner
        self.do(at, who, "submit", "first_apology",
                {"how": "phone", "to": self.contacts[to : to + 1], "words": words, **promise})  # fmt: skip
        return self.kept(at + SOON, who, "report", "お電話で初動のお詫びと、次のご連絡の時期をお伝えした")

    def planned(self, at: datetime, by: str = "", **paper: Any) -> Tale:
        """A plan is submitted; what is not given is the usual of a forgotten invoice."""
        boss = self.house.people[by or self.owner].boss
        usual = {
            "fault": "ours", "invoice": self.invoice, "cause_state": "confirmed",
            "cause_evidence": "納品記録と請求書の控えを突き合わせて確かめた",
            "attendees": [*self.house.pk(by or self.owner), *([boss.pk] if boss else [])], "meets": self.contacts[:1],
        }  # fmt: skip
        return self.do(at, by or self.owner, "submit", "plan", _json(usual | paper))

    def lettered(self, at: datetime, by: str = "") -> Tale:
        """The letter is drafted from the record and submitted to the person whose name it bears."""
        return self.do(at, by or self.owner, "submit", "letter")

    def issued(self, at: datetime, signatory: str) -> Tale:
        """The signatory approves; the letter is numbered and printed."""
        self.do(at, signatory, "approve", "letter")
        for letter in IssuedLetter.objects.filter(incident__number=self.number, file=None):
            letter_print(letter_id=letter.pk, at=at + SOON)
        return self

    def visit_at(self, at: datetime, starts: datetime, who: list[str], points: str, place: str = "本社 応接室") -> Tale:
        """A visit is arranged."""
        self._rehearsed(at)
        data = {
            "starts": starts, "place": place, "attendees": self.house.pk(*who), "meets": self.contacts[:1],
            "apology_points": points,
        }  # fmt: skip
        return self.do(at, self.owner, "start", "visit", _json(data))

    def _rehearsed(self, at: datetime) -> None:
        """A grave visit is rehearsed before."""
        if scene(self.house.viewer(self.owner, at), self.incident).unrehearsed:
            setting = Setting(self.incident, self.house.people[self.owner], at)
            self.do(at, self.owner, "rehearse", data=rehearse_example(setting))

    def visited(self, at: datetime, reaction: str, words: str, **paper: Any) -> Tale:
        """What came of the visit."""
        self._rehearsed(at)
        more = {"conditions": words} if reaction == "conditional" else {}
        data = {"met": self.contacts[:1], "reaction": reaction, "words": words, **more, **paper}
        return self.do(at, self.owner, "submit", "visit", _json(data))

    def handed(self, at: datetime, words: str = "") -> Tale:
        """The letter reached the customer."""
        data = {"how": "handed", "to": self.contacts[:1], "words": words}
        return self.do(at, self.owner, "submit", "hand_over", data)

    def listened(self, at: datetime, way: str, to: int = 0) -> Tale:
        """How the customer wants to be met: let them speak, or put it right fast."""
        return self.do(at, self.owner, "note_listening", data={"contact": self.contacts[to], "way": way})

    def wished(self, at: datetime, wish: str, *claims: tuple[str, str]) -> Tale:
        """What the customer holds against us, as (words, theme), and what they really wish."""
        rows = [{"said": said, "theme": theme} for said, theme in claims]
        return self.do(at, self.owner, "note_claims", data={"claims": rows, "wish": wish, "confirmed": "no"})

    def alternatives(self, at: datetime, boss: str, *options: tuple[str, str, int]) -> Tale:
        """What we could do besides, prepared with the boss: what, kind, yen."""
        lines = [{"what": what, "kind": kind, "cost": cost} for what, kind, cost in options]
        self.do(at, self.owner, "prepare_alternatives", data={"options": lines})
        leaf = waiting_for(self.incident.case.get("known", {}), self.house.people[boss].pk)
        return self.do(at + timedelta(minutes=25), boss, "agree_alternatives", data={"leaf": leaf})

    def offered(self, at: datetime, place: int, answer: str, words: str = "") -> Tale:
        """The customer's answer to one of them, once they are open."""
        sets = self.incident.case.get("known", {}).get("alternatives", {"0": {}})
        data = {"option": f"{[*sets][-1]}:{place}", "answer": answer, "words": words}
        return self.do(at, self.owner, "offer_made", data=data)

    def weighed(self, at: datetime, by: str, signs: list[str], **paper: Any) -> Tale:
        """The compensation review, with the signatures so far."""
        usual = {"losses": ["cash_flow"], "loss": "お支払い計画の組み直し", "decision": "none", "amount": 0}
        self.do(at, by, "submit", "compensation", usual | paper)
        for place, who in enumerate(signs, start=1):
            self.do(at + timedelta(minutes=50 * place), who, "approve", "compensation")
        return self

    def prevented(self, at: datetime, by: str, *measures: tuple[str, str, str, date]) -> Tale:
        """Measures: what, scope, whose, by when; those whose day has passed have been carried out."""
        lines = [
            {"what": what, "scope": scope, "owner": self.house.people[who].pk, "due": due}
            for what, scope, who, due in measures
        ]
        self.do(at, by, "submit", "prevention", _json({"measures": lines}))
        for place, (_what, _scope, who, due) in enumerate(measures):
            done = self.house.days.work(due, "15:10")
            if done < self.house.days.anchor and due < self.house.days.today:
                self._carried_out(place, who, max(done, at + SOON))
        return self

    def _carried_out(self, place: int, who: str, at: datetime) -> None:
        if measure := Measure.objects.filter(incident__number=self.number, place=place, done_at=None).last():
            viewer = self.house.viewer(who, at)
            measure_done(viewer=viewer, pk=measure.pk, evidence="実施し、記録を部内の共有に残した")

    def followed(self, *contacts: tuple[str, str, str], check: Check | None = None) -> Tale:
        """Follow-ups, each some hours before its due: how, reaction, words; the effect check between them at its time.

        Those still to come are left.
        """
        for how, reaction, words in contacts:
            state = self.incident.case["steps"]["follow_up"]
            if state["state"] != "open":
                self._next_key("submit", "follow_up")  # told before an interruption
                continue
            at = datetime.fromisoformat(state["due"]) - timedelta(hours=3, minutes=20)
            if check and check.at <= at:
                self._checked(check)
                check = None
            if at >= self.house.days.anchor:
                break
            data = {"how": how, "to": self.contacts[:1], "reaction": reaction, "words": words}
            self.settled(at).do(at, self.owner, "submit", "follow_up", data)
        if check:
            self._checked(check)
        return self

    def _checked(self, check: Check) -> None:
        """The effect check says that it works."""
        self.settled(check.at)
        self.do(check.at, check.by, "submit", "effect_check", {"worked": True, "evidence": check.evidence})

    def noted(self, at: datetime, text: str, said_by: str = "", by: str = "") -> Tale:
        """A further report, or the customer's words."""
        return self.do(at, by or self.owner, "note", data={"text": text, "said_by": said_by})

    def kept(self, at: datetime, who: str, step: str, evidence: str) -> Tale:
        """What was promised in a step was kept."""
        source = f"incident:{self.number}:{step}"
        for promise in Promise.objects.open().filter(number=self.number, source__startswith=source):
            by, at = self.house.people[who], max(at, self.last)
            promise_keep(promise_id=promise.pk, evidence=evidence, by=by, at=at)
        return self

    def settled(self, until: datetime) -> Tale:
        """What was promised for a day before `until` was kept on that day."""
        for promise in Promise.objects.open().filter(number=self.number, answer_by__lte=until).order_by("answer_by"):
            at = max(promise.answer_by - timedelta(hours=2, minutes=10), promise.made_at + SOON)
            said: dict[str, Any] = {"evidence": "期日までにお電話でご報告した"}
            if promise.document:  # a compensation: the number of its document shows it
                said = {"document_number": f"R-{promise.number}"}
            if promise.wants_sign_off:  # a residual item: somebody of the customer has signed it off
                said |= {"signed_by": "工場長 堀様", "signed_on": local_day(at)}
            promise_keep(promise_id=promise.pk, by=promise.owner, at=at, **said)
        return self


def tell(house: House, key: str, code: str, start: Start) -> Tale:
    """Open an incident by its first report; with the delivery nobody billed, if it is about one."""
    customer = house.customers[code]
    invoice = _forgotten(house, customer, start) if start.bill else ""
    data = {
        "summary": start.summary, "next_contact": start.next_contact, "by_mouth": start.by_mouth,
        "next_contact_at": start.next_contact_at, "customer_words": start.words,
        "told_by_customer": start.told_by_customer,
    }  # fmt: skip
    report = FirstReport(
        customer_id=customer.pk, data=_json(data), kind=start.kind, severity=start.severity, invoice=invoice,
        aware_at=start.at - timedelta(minutes=start.heard), machine=start.machine, key=f"demo:{key}",
    )  # fmt: skip
    incident, _fresh = incident_open(viewer=house.viewer(start.by, start.at), report=report)
    owner = next(name for name, user in house.people.items() if user.pk == incident.owner_id)
    return Tale(house, f"demo:{key}", customer, incident.number, owner, start.at, invoice)


def _forgotten(house: House, customer: Customer, start: Start) -> str:
    """The delivery and its invoice, which is made only when the mistake is known, and issued at once."""
    bill, calendar = start.bill, house.days.calendar
    if bill is None:
        return ""
    day = local_day(start.at)
    delivered = calendar.business_day_after(day, -bill.delivered)
    note = f"D-{delivered:%Y%m%d}-{customer.code[-2:]}7"
    known = Invoice.objects.filter(delivery_number=note).first()
    if known is None:
        known = invoice_create(
            customer_id=customer.pk, subject=bill.subject, net=bill.net, tax=tax_of(bill.net),
            by=house.people["billing"], at=start.at, quantity=bill.quantity, delivery_number=note,
            delivered_on=delivered, planned_on=calendar.business_day_after(day, -bill.planned),
            parts=(Part(percent=Decimal(100), base=day),),  # paid as if delivered when it was found: that is agreed
        )  # fmt: skip
    if known.state == Invoice.State.DRAFT and start.at < house.days.minutes_ago(300):
        issued = min(start.at + timedelta(minutes=120), house.days.anchor)
        check_and_issue(known, house.people, issued)
        post(known, house.people, issued)
        known.refresh_from_db(fields=["number"])
    return known.number


def _json(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in data.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(inner) if not isinstance(inner, dict) else _json(inner) for inner in value]
    return value
