"""An incident and the people around it, driven through the services alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from incidents import store
from incidents.actions import offered, scene
from incidents.engine import Case
from incidents.engine.codec import case_from_json
from incidents.models import Incident
from incidents.selectors import incident_get
from incidents.services import FirstReport, incident_open, render_letters
from incidents.turn import Done, Order
from office.models import User
from office.viewer import Viewer, viewer_for

REPORT = {"summary": "10/14納品分の請求書が届いていない", "next_contact": "today"}


class Offers(Mapping[tuple[str, str], dict[str, Any]]):
    """What the page offers somebody now, by command and step; each is made when it is asked for."""

    def __init__(self, viewer: Viewer, number: str) -> None:
        self.view = scene(viewer, incident_get(viewer, number))
        self.actions = {(action.command, action.step): action for action in self.view.actions()}

    def __getitem__(self, key: tuple[str, str]) -> dict[str, Any]:
        if found := offered(self.view, self.actions[key]):
            return found
        raise KeyError(key)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return (key for key in self.actions if key in self)

    def __len__(self) -> int:
        return sum(1 for _key in self)

    def forward(self) -> Iterator[tuple[str, str]]:
        """Those that bring the work on."""
        return (key for key, action in self.actions.items() if action.forward and key in self)


class Job:
    """One incident; `do` fills in the submission that the page would show and an example of the paper."""

    def __init__(
        self, cast: SimpleNamespace, at: datetime, *, kind: str = "missed_invoice", key: str = "", **report: Any
    ) -> None:
        self.cast, self.at = cast, at
        data = {**REPORT, **report}
        first = FirstReport(customer_id=cast.towa.pk, data=data, kind=kind, key=key or uuid4().hex)
        self.number = incident_open(viewer=self.viewer(cast.rep), report=first)[0].number

    def viewer(self, user: User) -> Viewer:
        return viewer_for(user, self.at)

    @property
    def incident(self) -> Incident:
        return Incident.objects.get(number=self.number)

    @property
    def case(self) -> Case:
        return case_from_json(self.incident.case)

    def offers(self, user: User) -> Offers:
        return Offers(self.viewer(user), self.number)

    def order(self, name: str, step: str = "", data: dict[str, Any] | None = None, key: str = "") -> Order:
        submission = self.case.steps[step].submission if step else 0
        return Order(name, key or uuid4().hex, step, submission, data or {})

    def do(self, user: User, name: str, step: str = "", data: dict[str, Any] | None = None, key: str = "") -> Done:
        if data is None:
            data = self.offers(user)[name, step]["schema"]["example"]
        return store.execute(viewer=self.viewer(user), number=self.number, order=self.order(name, step, data, key))

    def planned(self) -> Job:
        """First apology made, plan approved."""
        self.do(self.cast.rep, "submit", "first_apology")
        self.do(self.cast.rep, "submit", "plan")
        self.do(self.cast.manager, "approve", "plan", {})
        return self

    def wished(self) -> Job:
        """What the customer really wishes is known: alternatives can be prepared."""
        self.do(self.cast.rep, "note_claims")
        return self

    def printed(self) -> Job:
        """A letter approved by the branch head and in print."""
        self.planned().do(self.cast.rep, "submit", "letter")
        self.do(self.cast.branch, "approve", "letter", {})
        render_letters(at=self.at)
        return self

    def forward(self, *people: User, but: str = "") -> bool:
        """The first of these people who can bring the work on does so, with the example; False when nobody can.

        but: a command that nobody gives.
        """
        render_letters(at=self.at)
        offers = ((user, *found) for user in people for found in self.offers(user).forward() if found[0] != but)
        if found := next(offers, None):
            self.do(*found)
        return found is not None
