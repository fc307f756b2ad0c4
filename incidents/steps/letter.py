"""Apology letter: filled from the record, checked, approved by the person whose name it bears (words, section 7)."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from pydantic import Field

from billing.models import Invoice
from billing.selectors import invoices_of, named, terms_of
from customers.models import Customer
from incidents.letters import (
    Addressee,
    Contact,
    Facts,
    Finding,
    Letter,
    Measure,
    Seal,
    Sender,
    check,
    draft,
)
from incidents.letters.kinds import WORDINGS
from incidents.letters.wording import SLOT
from incidents.letterslots import slots_of
from incidents.models import NOT_COUNTED, Incident, IssuedLetter, Submission
from incidents.steps.base import Kind, Setting, StepPaper
from incidents.steps.reactions import BAN
from office.clock import local_day
from office.days import spoken
from office.errors import Refused
from office.models import Company, User
from office.roles import Role
from office.selectors import business_calendar
from office.services import number_next

SIGNATORIES = (Role.DIRECTOR, Role.BRANCH_HEAD, Role.MANAGER)
MOST_NAMES = 5000  # of other customers, looked for in a letter
REPEATED_WITHIN = timedelta(days=365)
SLIPS = ("entry:", "activity:", "promise:")  # facts of our record that tell of a contact that came late or never
NOT_OURS = ("use", "perception")  # faults of which a letter, where a manager wants one, says our share alone
OUR_SHARE = "このたびのことは、〔当社の至らなかった点〕ためと受け止めております。"


class LetterPaper(StepPaper):
    """The letter as edited, and the person whose name it bears."""

    signatory: int
    letter: Letter = Field(repr=False)


def signatories(setting: Setting) -> list[User]:
    """Those whose name a letter may bear: another than the writer, the highest first."""
    found = [user for role in SIGNATORIES for user in setting.directory.with_role(role)]
    ours = [u for u in found if not u.has_role(Role.MANAGER) or u.team_id == setting.incident.team_id]
    return [u for u in dict.fromkeys(ours) if u.pk != setting.actor.pk]


def usual_signatory(setting: Setting) -> User | None:
    """Of matching rank: an officer for A, else the branch head, else the boss."""
    candidates = signatories(setting)
    wanted = SIGNATORIES if setting.incident.severity == "A" else (Role.BRANCH_HEAD, Role.MANAGER, Role.DIRECTOR)
    return next((u for role in wanted for u in candidates if u.has_role(role)), None)


def submitted(incident: Incident, step: str) -> dict[str, Any]:
    """The newest submission of a step, as data; empty when there is none."""
    row = Submission.objects.filter(incident=incident, step=step).order_by("-submission").first()
    return json.loads(row.text) if row else {}


def known(setting: Setting, signatory: User | None = None) -> Facts:
    """Everything the record knows for the letter; what it does not know stays empty and shows as a slot."""
    incident, plan, report = (
        setting.incident,
        submitted(setting.incident, "plan"),
        submitted(setting.incident, "report"),
    )
    invoice = invoice_about(incident, plan)
    cause = OUR_SHARE if plan.get("fault") in NOT_OURS else plan.get("cause", "")
    certain = cause == OUR_SHARE or (plan.get("fault") != "inquiry" and plan.get("cause_state") == "confirmed")
    bears = signatory or usual_signatory(setting)
    handed_over = _hand_over_day(setting)
    return Facts(
        kind=incident.kind,
        gravity=incident.severity,  # type: ignore[arg-type]  # the column's choices are the letter's gravities
        letter_date=handed_over,
        addressee=_addressee(setting, plan),
        sender=_sender(setting.company, bears),
        seal=_seal(setting.company),
        contacts=_contacts(setting, bears),
        found_on=local_day(incident.aware_at),
        told_by_customer=bool(report.get("told_by_customer")),
        effect="",
        cause=cause if certain else "",
        suspected="" if certain else cause,
        inquiry_until=_date(plan.get("inquiry_until")),
        measures=_measures(plan),
        report_by=_reporter(incident.owner),
        earlier=_earlier(incident),
        **_final(setting),
        compensation=_compensation(incident),
        **_open_burden(incident),
        slips=any(found["key"].startswith(SLIPS) for found in plan.get("found", ())),
        **({"slots": slots_of(incident, handed_over)} if incident.kind in WORDINGS else _billed(invoice)),
    )


def findings(paper: LetterPaper, setting: Setting) -> list[Finding]:
    """What the check of the wording says."""
    others = Customer.objects.exclude(pk=setting.incident.customer_id).values_list("name", flat=True)
    return check(
        paper.letter,
        known(setting, setting.directory.get(paper.signatory)),
        other_names=tuple(others[:MOST_NAMES]),
        own_names=tuple(user.surname for user in setting.directory.users),
        is_business_day=business_calendar().is_business_day,
    )


def facts(paper: LetterPaper, setting: Setting) -> dict[str, Any]:
    """Who signs, and how many findings block."""
    bears = setting.directory.get(paper.signatory)
    if bears is None or bears not in signatories(setting):
        raise Refused("incomplete", "The person whose name the letter bears approves it; it cannot be you.",
                      field="signatory")  # fmt: skip
    if "".join(paper.letter.sender.name.split()) != "".join(bears.full_name.split()):
        raise Refused("incomplete", "The letter bears another name than the person who approves it.", field="signatory")
    must = [finding for finding in findings(paper, setting) if finding.level == "must"]
    return {"signatory": paper.signatory, "must_fix": len(must), "gravity": paper.letter.gravity}


def ended(paper: LetterPaper, setting: Setting) -> None:
    """Approved: the number is reserved here; the PDF is made outside the transaction."""
    incident = setting.incident
    submission = Submission.objects.only("pk").get(incident=incident, step="letter", submission=setting.submission)
    before = IssuedLetter.objects.filter(incident=incident, replaced_by=None).first()
    year = local_day(setting.at).year
    IssuedLetter.objects.create(
        incident=incident,
        submission=submission,
        number=f"{setting.company.letter_prefix}{year}-{number_next(key=f'letter:{year}'):04d}",
        replaces=before,
        approved_by=setting.actor,
        approved_at=setting.at,
    )


def example(setting: Setting) -> dict[str, Any]:
    """A complete letter from the record; what the record lacks is filled as an example."""
    bears = usual_signatory(setting)
    day = local_day(setting.at)
    filled: dict[str, Any] = {
        "delivered_on": day - timedelta(days=40),
        "delivery_number": "D-0001",
        "items": "搬送ユニット",
        "quantity": "2台",
        "gross": 1_100_000,
        "invoice_number": "S-0001",
        "planned_on": day - timedelta(days=20),
        "cutoff": "前月末日",
        "check_days": 5,
        "report_on": setting.day(20),
        "cause": "請求書のもれに気づく確認の工程を設けておりませんでした",
    }
    facts = known(setting, bears)
    missing = {name: value for name, value in filled.items() if getattr(facts, name) in (None, "")}
    letter = draft(facts.model_copy(update={**missing, "measures": tuple(_dated(facts, setting))}))
    for field, text in letter.texts():
        if SLOT.search(text):
            letter = letter.with_text(field, SLOT.sub(lambda slot: _example_of(slot[0][1:-1], setting), text))
    return {"signatory": bears.pk if bears else 0, "letter": letter.model_dump(mode="json")}


EXAMPLES = {  # what a person would write into a slot that the record cannot fill
    "日時": "11月20日午後2時",
    "ご出席者": "工場長はじめ3名",
    "議題": "増設のご提案",
    "責任者の役職・氏名": "営業部長",
    "製品名": "搬送ユニット",
    "番号": "SK-70-0012",
    "症状": "始動時の停止",
    "時間": "14",
    "処置": "軸受の交換",
    "連続運転時間": "8",
    "項目": "始動の試験",
    "件数": "1",
    "曜日": "金",
    "品名": "搬送ユニット",
    "注文番号": "P-2026-0101",
    "日数": "5",
    "正しい品名": "継手FC-16A",
    "誤った品名": "継手FC-16B",
    "納品書番号": "D-2026-0101",
    "ご迷惑の内容": "ご連絡の遅れ",
    "当社の至らなかった点": "弊社のご説明が足りなかった",
    "役職・氏名": "営業部長",
}
PASSED = ("納入日", "発生日", "対策日", "当初の納期", "納品日")  # slots for a day that has passed


def _example_of(slot: str, setting: Setting) -> str:
    """An example for a slot; days that lie ahead are business days."""
    if slot in EXAMPLES:
        return EXAMPLES[slot]
    return spoken(setting.day(0) - timedelta(days=20) if slot in PASSED else setting.day(10), setting.day(1))


def _dated(facts: Facts, setting: Setting) -> list[Measure]:
    measures = facts.measures or (Measure(text="作成者とは別の者が納品記録と照合いたします"),)
    return [m if m.starts else m.model_copy(update={"starts": setting.day(5)}) for m in measures]


def _reporter(user: User) -> str:
    """Title and name; the section stands for a title where there is none."""
    section = user.team.name if user.team else ""
    return f"{section}{user.title}　{user.full_name.replace(' ', '')}".strip("　")


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _hand_over_day(setting: Setting) -> date:
    """The day it is handed over: the arranged visit, else the next business day."""
    starts = setting.incident.case["steps"].get("visit", {}).get("data", {}).get("starts")
    return _date(starts[:10]) or setting.day(1) if starts else setting.day(1)


def _addressee(setting: Setting, plan: dict[str, Any]) -> Addressee:
    """One person, the highest one troubled: who is to be met, deciders first."""
    meets = [setting.contacts[pk] for pk in plan.get("meets", ()) if pk in setting.contacts]
    people = sorted(meets or setting.contacts.values(), key=lambda contact: not contact.decides)
    company_name = setting.incident.customer.name
    if not people:
        return Addressee(company=company_name)
    person = people[0]
    return Addressee(company=company_name, title=person.rank, name=f"{person.surname}　{person.given_name}".strip())


def _sender(us: Company, bears: User | None) -> Sender:
    name = bears.full_name.replace(" ", "　") if bears else ""
    return Sender(
        company=us.name, postal_code=us.postal_code, address=us.address, title=bears.title if bears else "", name=name
    )


def _seal(us: Company) -> Seal:
    seal = us.seal
    return Seal.of(bytes(seal.data)) if seal else Seal(kind="room")


def _contacts(setting: Setting, bears: User | None) -> tuple[Contact, ...]:
    """The boss's name beside the rep's, each with a direct telephone."""
    owner = setting.incident.owner
    people = [user for pk in (owner.boss_id, owner.pk) if (user := setting.directory.get(pk))]
    named = (f"{user.team.name if user.team else ''}　{user.title}　{user.full_name}".strip("　") for user in people)
    phones = (user.phone or setting.company.phone for user in people)
    return tuple(Contact(name.replace("　　", "　"), phone) for name, phone in zip(named, phones, strict=True))


def _measures(plan: dict[str, Any]) -> tuple[Measure, ...]:
    if not plan.get("prevention"):
        return ()
    return (Measure(text=plan["prevention"], starts=_date(plan.get("prevention_from"))),)


def _earlier(incident: Incident) -> tuple[date, ...]:
    """When the same fault came up with this customer within a year, of a machine that is known with that machine: the
    letter says so."""
    rows = Incident.objects.filter(
        customer=incident.customer_id, kind=incident.kind, opened_at__lt=incident.opened_at,
        opened_at__gte=incident.opened_at - REPEATED_WITHIN,
    ).exclude(state__in=NOT_COUNTED)  # fmt: skip
    same = rows.filter(machine=incident.machine) if incident.machine else rows
    return tuple(local_day(aware_at) for aware_at in same.order_by("opened_at").values_list("aware_at", flat=True))


def _final(setting: Setting) -> dict[str, Any]:
    """The final date in force and who goes on that day; nothing where nobody is to come (practice 4-03)."""
    known = setting.incident.case.get("known", {})
    if not known.get("final_date") or known.get(BAN):
        return {}
    goes = setting.directory.get(known["final_goes"])
    return {"final_on": date.fromisoformat(known["final_date"]), "final_by": _reporter(goes) if goes else ""}


def _open_burden(incident: Incident) -> dict[str, Any]:
    """That a compensation is not decided yet, and the day by which it shall be."""
    review = incident.case["steps"].get("compensation", {})
    if review.get("state") not in ("open", "submitted"):
        return {}
    return {
        "undecided": True,
        "decide_by": local_day(datetime.fromisoformat(review["due"])) if review.get("due") else None,
    }


def _compensation(incident: Incident) -> str:
    """One sentence, only when decided and approved."""
    if incident.case["steps"].get("compensation", {}).get("state") != "done":
        return ""
    review = submitted(incident, "compensation")
    return str(review.get("sentence", "")) if review.get("decision") == "compensate" else ""


def invoice_about(incident: Incident, plan: dict[str, Any]) -> Invoice | None:
    """The invoice the letter is about; of a wrong one the one that puts it right."""
    if incident.kind in WORDINGS:  # their letters name no invoice
        return None
    number = plan.get("invoice") or incident.invoice
    about = Q(flow_of__incident=incident)
    if number:
        about |= named(number) | Q(corrects__number=number)
    return invoices_of(incident.customer_id).filter(about).select_related("corrects").order_by("-pk").first()


def _billed(invoice: Invoice | None) -> dict[str, Any]:
    if invoice is None:
        return {}
    issued = invoice.corrects_id is None or invoice.state == Invoice.State.ISSUED
    return {
        "delivered_on": invoice.delivered_on,
        "delivery_number": invoice.delivery_number,
        "items": invoice.subject,
        "quantity": invoice.quantity,
        "gross": abs(invoice.total),
        "invoice_number": invoice.number if issued else "",  # the letter waits for the number of a corrected one
        **_wrong(invoice),
        "planned_on": invoice.planned_on,
        "cutoff": _cutoff(invoice),
    }


def _wrong(invoice: Invoice) -> dict[str, Any]:
    """Of a corrected invoice what was wrong in the one before: its sum, or else how it was written."""
    if invoice.corrects is None:
        return {}
    if invoice.corrects.total == invoice.total:
        return {"fault": "wrong_entry"}
    return {"fault": "wrong_figures", "wrong_gross": abs(invoice.corrects.total)}


def _cutoff(invoice: Invoice) -> str:
    """The customer's closing day that the delivery fell into, in words."""
    if invoice.delivered_on is None:
        return ""
    terms = terms_of(invoice.customer_id)
    day, month = invoice.delivered_on.day, invoice.delivered_on.month
    if not terms.closing_day:
        return f"{month}月末日"
    return f"{month if day <= terms.closing_day else month % 12 + 1}月{terms.closing_day}日"


KIND = Kind(LetterPaper, facts, example, ended)
