"""What the page of an incident shows, found once: people, steps, story, promises, the one next act."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import takewhile
from typing import Any

from django.utils.translation import gettext

from customers.selectors import customers_visible
from incidents import finaldates
from incidents.actions import Action, Scene, scene
from incidents.chases import to_take_back
from incidents.corrections import Flow, flow, two_numbers
from incidents.early import told_early
from incidents.engine.remedies import REMEDIES
from incidents.forks import Fork, forks
from incidents.leaves.abuse import ANSWER, Borne, borne
from incidents.leaves.base import read_as
from incidents.leaves.claims import CLAIMS, Claimed, claimed
from incidents.leaves.handed import HANDED, HandedSheet
from incidents.leaves.lesson import LESSON
from incidents.leaves.listening import way_words
from incidents.leaves.recovery import RECOVERY, REFERRAL, Recovery, ReferralSheet
from incidents.leaves.repair import REPAIR_LOG, REPAIR_WINDOW, Repair, repair_of
from incidents.leaves.risk import KNOWN_AS as RISKS
from incidents.leaves.risk import RISK, InForce, in_force
from incidents.machines import Tally, tally
from incidents.marginalia import Jotting
from incidents.models import Incident, Leaf
from incidents.nextact import Next, next_act
from incidents.parts import asked
from incidents.pausing import Paused, paused
from incidents.recoveries import Referred, Stands
from incidents.references import Linked, linked, returnable
from incidents.remedies import Failed, failed_of
from incidents.repeats import Repeat, earlier_of, repeat_of
from incidents.selectors import incident_get, leaves_readable
from incidents.steprail import Rung, rail
from incidents.steps.prevention import whys
from incidents.steps.reactions import BAN
from incidents.steps.together import ABUSE
from incidents.timeline import Moment, Record, record
from incidents.urgency import Urgency, urgency
from office.models import User
from office.selectors import Directory, people
from office.viewer import Viewer

MOST_LISTENED = 3  # people whose way of being met is named on the incident


@dataclass
class Whole:
    """An incident as its page shows it: eight statements, with session and user nine at most."""

    view: Scene
    rungs: list[Rung]
    record: Record
    now: datetime
    actions: list[Action] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)  # those the viewer may read, oldest first
    directory: Directory = field(default_factory=lambda: Directory((), {}))  # as the rail has read it

    @cached_property
    def colleagues(self) -> dict[int, User]:
        """Our people by id."""
        return self.directory.by_id

    @property
    def incident(self) -> Incident:
        """The row."""
        return self.view.incident

    @cached_property
    def forks(self) -> list[Fork]:
        """The rail: steps that wait for the same step stand side by side."""
        return list(forks(self.view.playbook.steps, self.rungs, self.record))

    @property
    def done(self) -> int:
        """How many steps have ended."""
        return sum(rung.state in ("done", "remark", "skipped") for rung in self.rungs)

    @property
    def promises(self) -> list[Jotting]:
        """The open promises, the next first."""
        found = [jotting for jotting in self.record.of("promise") if jotting.state == "open"]
        return sorted(found, key=lambda jotting: (jotting.until or jotting.at, jotting.pk))

    @property
    def letters(self) -> list[Jotting]:
        """The numbered letters, newest first."""
        return self.record.of("letter")[::-1]

    @property
    def corrections(self) -> list[Flow]:
        """The wrong invoices that are put right along with this incident (feature 86)."""
        letter = next(iter(self.letters), None)
        known = (letter.text, letter.state != "approved") if letter else ("", False)
        return [
            flow(self.incident, two_numbers(row.text), row.state, row.at, self.rungs, known[0], printed=known[1],
                 opens=True)
            for row in self.record.of("correction")
        ]  # fmt: skip

    @property
    def references(self) -> list[Linked]:
        """The invoices, orders and deliveries it is about."""
        return linked(self.view.viewer, self.incident)

    @property
    def returns(self) -> list[Linked]:
        """The deliveries named of which something may come back."""
        return returnable(self.view.viewer, self.incident)

    @property
    def remedies(self) -> list[Rung]:
        """The repair or replacement whose turn it is."""
        steps, now = self.view.playbook.steps, ("open", "started", "sent_back")
        return [rung for rung in self.rungs if steps[rung.name].kind in REMEDIES and rung.state in now]

    @property
    def wrong_invoice(self) -> str:
        """The number of the invoice it is about, where that can be put right; empty for none."""
        return next((jotting.text for jotting in self.record.of("correctable")), "")

    @property
    def drafts(self) -> list[Jotting]:
        """Papers being written for steps that are still open."""
        begun = {rung.name for rung in self.rungs if rung.state in ("open", "started", "sent_back")}
        sent = {name: row.at for name, row in self.record.papers.items()}
        return [j for j in self.record.of("paper") if j.text in begun and (j.text not in sent or j.at > sent[j.text])]

    @property
    def measures(self) -> list[Jotting]:
        """Measures against recurrence still to be carried out."""
        return [jotting for jotting in self.record.of("measure") if jotting.state == "open"]

    @property
    def raises(self) -> bool:
        """Whether this viewer raises measures here."""
        return self.incident.living and self.may("note")

    @property
    def whys(self) -> list[str]:
        """Why it came to pass, and why that, the deepest last (feature 54); for us alone."""
        return whys(self.record.paper("prevention"))

    @property
    def remarks(self) -> list[Moment]:
        """What was remarked at the approval of the plan as it stands, the first signature first (practice 4-19)."""
        signed = takewhile(lambda moment: moment.command != "submit", self.record.about("plan"))
        return [moment for moment in signed if moment.command == "approve_with_remark"][::-1]

    def of_sort(self, sort: str) -> list[Leaf]:
        """The readable leaves of one sort, oldest first."""
        return [leaf for leaf in self.leaves if leaf.sort == sort]

    def data_of(self, sort: str) -> dict[str, Any]:
        """What stands on the newest readable leaf of a sort; empty without one."""
        found = self.of_sort(sort)
        return json.loads(found[-1].text) if found else {}

    @cached_property
    def claims(self) -> Claimed | None:
        """What the customer holds against us by theme, and the real wish; None until it is noted."""
        return claimed([leaf for leaf in self.of_sort(CLAIMS) if leaf.ended_at is None])

    @cached_property
    def abuse(self) -> list[Borne]:
        """What one of us had to bear, as far as this viewer may read it."""
        return borne(self.of_sort(ABUSE), self.of_sort(ANSWER))

    @cached_property
    def risks(self) -> list[InForce]:
        """What is at stake in our dealings as a whole."""
        if not self.incident.living:
            return []
        return in_force(self.view.case.known, self.of_sort(RISK), self.view.viewer.user.pk)

    @property
    def suspends(self) -> bool:
        """Whether the customer speaks of ending our dealings."""
        return any(risk.suspends for risk in self.risks)

    @cached_property
    def paused(self) -> Paused | None:
        """Why our clock stands still, and until when; also when it goes on again and nobody has taken it up."""
        if not self.incident.living:
            return None
        return paused(self.view.case, {jotting.pk: jotting.text for jotting in self.record.of("note")})

    @cached_property
    def repair(self) -> Repair | None:
        """The repair period and its days; None where there is neither, and nobody here could set one."""
        found = repair_of(self.of_sort(REPAIR_WINDOW), self.of_sort(REPAIR_LOG))
        return found if found.window or found.days or self.may("set_repair_period") or self.may("log_repair") else None

    @cached_property
    def final(self) -> finaldates.Final | None:
        """The final date in force."""
        return finaldates.final_of(self)

    @property
    def read_by_boss(self) -> Jotting | None:
        """When the boss to whom it was reported opened it."""
        boss = str(self.incident.told_to_id)
        return next((jotting for jotting in self.record.of("opened") if jotting.text == boss), None)

    @property
    def told_early(self) -> bool:
        """Whether the boss was told soon after we knew: a credit, of which nothing is taken back (practice 2-26)."""
        return told_early(self.incident)

    @property
    def urgency(self) -> Urgency | None:
        """How urgent the customer called it beside how we treat it, where the two differ."""
        return urgency(self.record.paper("report"), self.incident, self.now)

    @property
    def repeat(self) -> Repeat | None:
        """The earlier incidents for which the rule has raised the severity."""
        return repeat_of(self.view.viewer, self.view.case, [jotting.text for jotting in self.record.of("earlier")])

    @cached_property
    def tally(self) -> Tally | None:
        """How often this machine, and anything of this customer, has failed; None where nothing has."""
        return tally(self.incident)

    @property
    def proposes_ban(self) -> bool:
        """Whether to propose that the customer as a whole wants no visits: they asked us to stay away here, and it has
        not been entered for this incident (practice 4-03)."""
        known, customer = self.view.case.known, self.incident.customer
        said = bool(known.get(BAN)) or BAN in known.get(RISKS, {})
        fresh = customer.banned_at is None and customer.banned_number != self.incident.number
        if not (said and fresh and self.may("note_risk")):
            return False
        return customers_visible(self.view.viewer).filter(pk=customer.pk).exists()

    @property
    def listening(self) -> list[tuple[str, str]]:
        """Who of the customer wants to be met how, as far as anybody has asked: a name and the words for it."""
        return [(jotting.text, way_words(jotting.state)) for jotting in self.record.of("listening")][:MOST_LISTENED]

    @property
    def customers_words(self) -> list[Jotting]:
        """What the customer was noted to have said, newest first: what claims are taken from."""
        return [jotting for jotting in self.record.of("note")[::-1] if jotting.said_by]

    @property
    def failed(self) -> list[Failed]:
        """The remedies that have failed again, for which the rule has spoken."""
        return failed_of(self.view.case)

    @property
    def answered(self) -> Moment | None:
        """The boss's last one-tap answer."""
        return next((moment for moment in self.record.moments if moment.command == "acknowledge"), None)

    @property
    def result(self) -> dict[str, Any]:
        """What was last recorded of a visit."""
        return self.record.paper("visit")

    @property
    def unsaid(self) -> list[str]:
        """What we apologise for and have not said yet, as the last visit left it (practice 4-22)."""
        return [point["what"] for point in self.result.get("points", ()) if not point["said"]]

    def may(self, command: str, step: str = "") -> bool:
        """Whether this viewer may do it now."""
        return any(action.command == command and action.step == step for action in self.actions)

    @cached_property
    def can(self) -> Counter[str]:
        """What this viewer may do now to the incident as a whole, as templates ask it: `page.can.note`."""
        return Counter(action.command for action in self.actions if not action.step)

    @property
    def chase_to_take_back(self) -> datetime | None:
        """When this viewer noted that the customer asked again, as long as they may take it back."""
        if not self.may("take_back_chase"):
            return None
        one = to_take_back(self.incident, self.view.viewer.user.pk, self.now)
        return datetime.fromisoformat(one["at"]) if one else None

    @property
    def asks_another_boss(self) -> bool:
        """Whether something waits for a boss, and this viewer may ask another one (practice 2-28)."""
        return self.may("choose_boss") and any(rung.state == "submitted" for rung in self.rungs)

    @property
    def lacks_wish(self) -> bool:
        """Whether this viewer could prepare alternatives, were it known what the customer really wishes (2-24)."""
        return self.may("note_claims") and not self.view.case.known.get("wish")

    @cached_property
    def papers(self) -> list[HandedSheet]:
        """The papers handed over to the customer, the latest day first (practice 2-43)."""
        found = [read_as(HandedSheet, leaf) for leaf in self.of_sort(HANDED)]
        return sorted(found, key=lambda sheet: sheet.on)[::-1]

    @cached_property
    def recovery(self) -> Stands | None:
        """How our dealings stand, as it was noted last (practice 2-38)."""
        found = self.of_sort(RECOVERY)
        return Stands(read_as(Recovery, found[-1]), found[-1]) if found else None

    @cached_property
    def referrals(self) -> list[Referred]:
        """Whom the customer has sent to us since, the newest first."""
        return [Referred(self.incident, read_as(ReferralSheet, leaf), leaf) for leaf in self.of_sort(REFERRAL)[::-1]]

    @property
    def lesson(self) -> str:
        """What was passed on to other accounts when it was put at rest (practice 2-34)."""
        return str(self.data_of(LESSON).get("text", ""))

    @cached_property
    def next(self) -> Next:
        """The next act."""
        return next_act(self)


def whole(viewer: Viewer, number: str) -> Whole:
    """Read one visible incident with everything its page shows; Refused not_found like any foreign number."""
    view = scene(viewer, incident_get(viewer, number))
    leaves = leaves_readable(viewer, view.incident)
    colleagues = people()
    return Whole(
        view,
        rail(view, colleagues),
        record(view.incident, leaves, earlier_of(viewer, view.incident)),
        viewer.at,
        view.actions(),
        leaves,
        colleagues,
    )


def asked_for(view: Scene, step: str) -> list[User]:
    """Who is asked to sign a submission now."""
    progress = view.case.steps[step]
    found = (asked(part, view.incident, view.case, step, people)[0] for part in progress.asks or progress.unconfirmed)
    return [user for user in found if user]


def figures(page: Whole) -> list[dict[str, Any]]:
    """The figures at the top: the next date, what was promised, the customer's words, what it did to them."""
    plan, report = page.record.paper("plan"), page.record.paper("report")
    wish = plan.get("wish") or report.get("customer_words") or ""
    return [
        {"label": gettext("The customer's words"), "text": wish, "quoted": True},
        {"label": gettext("Effect on the customer"), "text": plan.get("effect", "")},
    ]


__all__ = ["Whole", "asked_for", "figures", "whole"]
