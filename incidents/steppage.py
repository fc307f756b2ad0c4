"""What the page of a step shows, and how what is typed there becomes a paper."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.http import QueryDict

from incidents.bargain import review_begun
from incidents.counsel import rank_missing
from incidents.engine import WANTED, Progress, Step
from incidents.engine.cause import lacking
from incidents.engine.remedies import REMEDIES
from incidents.faq import Often, faqs_about, often_of
from incidents.forms import ARRANGEMENTS, FORMS, PaperForm
from incidents.lessons import Passed, lessons_for
from incidents.models import Faq, Incident, Paper, Submission
from incidents.nextact import sent_back_reason
from incidents.orders import ORDERS, Text
from incidents.pages import Whole, whole
from incidents.phrasebank import Group, phrases_for
from incidents.reading import Line, compared, reading
from incidents.steps import Setting
from incidents.steps.reactions import BAN
from incidents.timeline import Moment
from incidents.words import told
from office.errors import Refused
from office.viewer import Viewer

RECORDED = (  # kinds of step that nobody signs: they are recorded, not handed in
    "report", "first_apology", "hearing", "signs", "comparison", "new_date", "visit", "repair_period", "recheck",
    "replacement", "hand_over", "prevention", "effect_check", "follow_up",
)  # fmt: skip
DECISIONS = ("approve", "approve_with_remark", "send_back")
TAUGHT = ("explain", "prevention", "follow_up")  # steps of the customer's own use on which a training is thought of
ASIDE = ("agreed_by_mouth", "take_back", "confirm", "skip", "reopen")  # the rarer acts, in this order
UNDER_WAY = ("read_brief", "on_the_way", "told_late", "arrived")  # taps around a visit
SPEAKING = frozenset(name for name, order in ORDERS.items() if issubclass(order.paper, Text))  # they need a sentence


@dataclass
class StepPage:
    """One step of a visible incident, as one viewer finds it."""

    whole: Whole
    step: Step

    @property
    def incident(self) -> Incident:
        """The row."""
        return self.whole.incident

    @property
    def name(self) -> str:
        """The step's name."""
        return self.step.name

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return self.whole.view.case.steps[self.step.name]

    @property
    def now(self) -> datetime:
        """When the page was asked for."""
        return self.whole.now

    @cached_property
    def setting(self) -> Setting:
        """Where its paper is written."""
        number = self.progress.submission + 1
        return Setting(self.incident, self.whole.view.viewer.user, self.now, number, step=self.name)

    def may(self, command: str) -> bool:
        """Whether this viewer may do it to this step now."""
        return self.whole.may(command, self.name)

    @property
    def unsaid(self) -> list[str]:
        """On the visits and calls that follow: what we apologise for and have not said yet."""
        return self.whole.unsaid if self.step.kind in ("visit", "follow_up") else []

    @cached_property
    def held_up(self) -> str:
        """Why it waits for the cause in the plan (practice 0-05); "" where it does not."""
        view = self.whole.view
        if need := view.held_up(self.name):
            return told(Refused(need.refusal, need.sentence, **need.tells(view.case)), self.incident, self.now)
        return ""

    @property
    def cause_is_open(self) -> bool:
        """Of the plan: whether it was approved while we inquire, so that it goes there again."""
        return self.step.kind == "plan" and self.whole.may("bring_back_plan") and bool(lacking(self.whole.view.case))

    @cached_property
    def phrases(self) -> list[Group]:
        """What may be said here, where it was the customer's own use; for whoever writes the paper (2-15, 2-16)."""
        record = self.whole.record
        papers = (record.paper("hearing"), record.paper("plan"))
        return phrases_for(self.incident.kind, self.name, *papers) if self.writes else []

    @property
    def explains(self) -> bool:
        """Whether papers are handed over in it: on a visit, and where the use is explained (practice 2-43)."""
        return self.step.kind in ("visit", "follow_up") or self.name == "explain"

    @cached_property
    def training(self) -> list[Often]:
        """What this customer's people slip on most: a training may be offered (practice 2-17)."""
        taught = self.incident.kind == "own_use" and self.name in TAUGHT and self.writes
        return often_of(self.whole.view.viewer, self.incident) if taught else []

    @cached_property
    def faqs(self) -> list[Faq]:
        """Questions written already about what it is about."""
        subject = self.whole.record.paper("hearing").get("subject", "") if self.name == "explain" else ""
        return faqs_about(subject) if self.writes else []

    @cached_property
    def lessons(self) -> list[Passed]:
        """What customers who drifted away have taught, beside plan and visit until they are done (practice 2-34)."""
        wanted = self.step.kind in ("plan", "visit") and self.incident.living and not self.progress.ended
        return lessons_for(self.incident) if wanted else []

    @property
    def writes(self) -> bool:
        """Whether this viewer writes the paper now."""
        return self.may("submit")

    @property
    def decides(self) -> bool:
        """Whether a submission waits for this viewer's signature."""
        return self.may("approve")

    @property
    def aside(self) -> list[str]:
        """The rarer acts this viewer may do."""
        return [command for command in ASIDE if self.may(command)]

    @property
    def left_out(self) -> bool:
        """Whether a rule leaves it out, not a person."""
        return self.progress.state == "skipped" and not self.progress.doer

    @property
    def wanted(self) -> Moment | None:
        """Who opened it with which reason, though a rule leaves it out; of a letter its hand-over, too."""
        name = "letter" if self.step.kind == "hand_over" else self.name
        told = self.whole.record.about(name) if name in self.whole.view.case.known.get(WANTED, ()) else ()
        return next((moment for moment in told if moment.command == "reopen"), None)

    @property
    def is_remedy(self) -> bool:
        """Whether it can fail: opened again, a boss says whether it has (practice 2-41)."""
        return self.step.kind in REMEDIES and self.progress.state == "done"

    @property
    def checks_effect(self) -> bool:
        """Whether it asks now if the measures have worked: then the record of today stands beside it."""
        return self.step.kind == "effect_check" and not self.progress.ended and self.progress.state != "waiting"

    @property
    def taps(self) -> list[str]:
        """What this viewer may tap around the visit."""
        return [command for command in UNDER_WAY if self.may(command)]

    @property
    def arranges(self) -> bool:
        """Whether this step is arranged before its result is written."""
        return self.step.kind in ARRANGEMENTS

    @property
    def arranged(self) -> bool:
        """Whether it has been arranged."""
        return self.arranges and self.progress.started and "starts" in self.progress.data

    @cached_property
    def paper(self) -> Paper | None:
        """The working paper; its row version stands in the form."""
        return Paper.objects.select_related("by").filter(incident=self.incident, step=self.name).first()

    @cached_property
    def submissions(self) -> list[Submission]:
        """What was submitted, the newest first."""
        return [row for row in self.whole.record.submissions if row.step == self.name][::-1]

    @cached_property
    def history(self) -> list[Moment]:
        """What happened to this step, newest first."""
        return [moment for moment in self.whole.record.about(self.name) if moment.text]

    @property
    def reason(self) -> str:
        """Why it was sent back the last time, while that matters: to the writer, and to who reads it again."""
        if not (self.progress.sent_back or self.progress.state == "submitted"):
            return ""
        return sent_back_reason(self.whole.record, self.name)

    @cached_property
    def form_class(self) -> type[PaperForm]:
        """The form of its paper."""
        return FORMS[self.step.kind]

    def form(self, data: QueryDict | None = None, lines: int = 0) -> PaperForm:
        """Its form: what was typed, or else the working paper, or else what was submitted before."""
        more: dict[str, Any] = {"lines": lines} if lines else {}
        if data is not None:
            return self.form_class(data, setting=self.setting, **more)
        return self.form_class(initial=self._begun(), setting=self.setting, **more)

    def drafted(self, typed: PaperForm) -> PaperForm:
        """Its form with what was typed so far, unjudged."""
        return self.form_class(initial=typed.raw(), setting=self.setting)

    def arrangement(self, data: QueryDict | None = None) -> PaperForm:
        """The form of the arrangement, filled from the plan or from what was arranged."""
        kind = ARRANGEMENTS[self.step.kind]
        if data is not None:
            return kind(data, setting=self.setting)
        return kind(initial=self._arranged_before(), setting=self.setting)

    def lines(self) -> list[Line]:
        """The newest submission to read, with what has changed since the one before."""
        if not self.submissions:
            return []
        newest = self.whole.record.paper(self.name)
        if len(self.submissions) > 1 and not self.form_class.repeats:
            return compared(self.form_class, _data(self.submissions[1]), newest, self.setting)
        return reading(self.form_class, newest, self.setting)

    @property
    def recorded(self) -> bool:
        """Whether it is recorded rather than handed in: nobody signs it."""
        return self.step.kind in RECORDED

    @property
    def letter(self) -> bool:
        """Whether this is the letter, which has an editor of its own."""
        return self.step.kind == "letter"

    def _begun(self) -> dict[str, Any]:
        """A draft younger than the last submission; else that submission, unless a new round begins empty."""
        sent = self.submissions[0] if self.submissions else None
        if self.paper and (sent is None or self.paper.at > sent.at):
            return dict(self.paper.data)
        if sent is None or self.form_class.repeats:
            return self._known()
        return _data(sent)

    def _known(self) -> dict[str, Any]:
        """What the record knows already: nobody types it twice."""
        if self.step.kind == "plan":
            boss = self.incident.owner.boss_id
            going = [self.incident.owner_id, *([boss] if boss else [])]
            wish = self.whole.record.paper("report").get("customer_words", "")
            return {
                "attendees": going,
                "decider": self.incident.owner_id,
                "wish": wish,
                "invoice": self.incident.invoice,
                "fault": "ours",
                **self._signs(),
            }
        if self.step.kind == "repair_period" and (repair := self.whole.repair):
            window = repair.window
            return {"done": repair.told, **({"starts": window.starts, "ends": window.ends} if window else {})}
        return review_begun(self.whole) if self.step.kind == "compensation" else {}

    def _signs(self) -> dict[str, Any]:
        """Where the cause was looked for in a step of its own: what was found there."""
        signs = self.whole.record.paper("signs")
        return {name: signs[name] for name in ("pattern", "causes", "found") if name in signs}

    def _arranged_before(self) -> dict[str, Any]:
        """The people of the plan; the moment and people of an earlier arrangement."""
        plan, data = self.whole.record.paper("plan"), self.progress.data
        ban = self.whole.view.case.known.get(BAN, {})
        going = [ban["goes"]] if ban.get("goes") else plan.get("attendees", [])
        going = [pk for pk in going if pk not in ban.get("who", ())]
        start = {"attendees": going, "meets": plan.get("meets", []), **self._place()}
        if self.arranged:
            start |= {"starts": datetime.fromisoformat(data["starts"])}
            start |= {name: data[name] for name in ("attendees", "meets")}
            start |= {"confirmed": data.get("confirmed", False)}
        return start

    def _place(self) -> dict[str, Any]:
        """Where and what for: kept as the working paper of the arrangement, since the entry holds no free text."""
        kept = self.setting.words
        return {name: kept.get(name, "") for name in ("place", "apology_points", "purpose")} if kept else {}

    @cached_property
    def brief(self) -> dict[str, Any]:
        """訪問前の確認: when, where, whom, what for, what to mind."""
        data, kept = self.progress.data, self._place()
        met = [self.setting.contacts[pk] for pk in data.get("meets", ()) if pk in self.setting.contacts]
        going = [user for pk in data.get("attendees", ()) if (user := self.setting.directory.get(pk))]
        company = [user for pk in self.whole.view.case.companions if (user := self.setting.directory.get(pk))]
        return {
            "starts": datetime.fromisoformat(data["starts"]), "meets": met, "going": going,
            "purpose": kept.get("purpose", ""), "confirmed": data.get("confirmed", False),
            "under_way": data.get("under_way", ""), "missed": self.progress.level > 0,
            "low": rank_missing(met, [*going, *company], grave=self.incident.severity == "A"),
            "place": kept.get("place") or self.incident.customer.address,
            "inquiry_until": self._inquiry_until(), "points": self.setting.points,
            "effect": self.whole.record.paper("plan").get("effect", ""),
            "remarks": self.whole.remarks,
            "sore": [(contact, point) for contact in met for point in contact.sore_list],
        }  # fmt: skip

    def _inquiry_until(self) -> date | None:
        """What a first visit may say of a cause that is not known yet: until when we inquire."""
        case = self.whole.view.case
        until = case.facts("plan").get("inquiry_until") if lacking(case) else None
        return date.fromisoformat(until) if until else None

    def rank_missing(self, form: PaperForm) -> bool:
        """Whether somebody who decides would be met by nobody of rank, as the form of the arrangement stands."""
        meets, going = ({int(pk) for pk in form[name].value() or ()} for name in ("meets", "attendees"))
        met = [contact for pk, contact in self.setting.contacts.items() if pk in meets]
        users = [user for user in self.setting.directory.users if user.pk in going]
        return rank_missing(met, users, grave=self.incident.severity == "A")


def step_page(viewer: Viewer, number: str, step: str) -> StepPage:
    """One step of a visible incident; Refused not_found for a step its playbook does not have."""
    page = whole(viewer, number)
    known = page.view.playbook.steps.get(step)
    if known is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    return StepPage(page, known)


def _data(row: Submission) -> dict[str, Any]:
    return dict(json.loads(row.text))
