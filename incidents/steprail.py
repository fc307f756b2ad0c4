"""The step rail: every step with its state, who, when, and why a locked one is locked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from incidents.actions import Scene
from incidents.engine import Progress, Step
from incidents.parts import asked
from office.selectors import Directory, people


@dataclass(frozen=True)
class Rung:
    """One step as people see it. label and after are English msgids."""

    name: str
    label: str
    state: str  # waiting, open, started, sent_back, submitted, done, remark, skipped
    due: datetime | None
    who: str
    round: int
    after: tuple[str, ...]  # labels of the steps a locked one waits for
    parallel: bool  # stands beside others that wait for the same step
    confirm: bool  # agreed by word of mouth, still to be confirmed


def rail(view: Scene, colleagues: Directory | None = None) -> list[Rung]:
    """All steps in order. One statement at most, for the names of those who have signed; none with the directory."""
    known = colleagues or people()
    return [_rung(view, step, known) for step in view.playbook.steps.values()]


def _rung(view: Scene, step: Step, colleagues: Directory) -> Rung:
    now = view.case.steps[step.name]
    waits = tuple(s.label for s in step.after if not view.case.steps[s.name].ended)
    beside = [s for s in view.playbook.steps.values() if s is not step and s.after and s.after == step.after]
    return Rung(
        name=step.name, label=step.label, state=now.shown, due=now.due, who=_who(view, step, now, colleagues),
        round=now.round, after=waits if now.state == "waiting" else (), parallel=bool(beside),
        confirm=bool(now.unconfirmed),
    )  # fmt: skip


def _who(view: Scene, step: Step, now: Progress, colleagues: Directory) -> str:
    """Who must act, or who has done it; for a submission, who is asked."""
    incident, names = view.incident, colleagues.by_id
    if now.state == "submitted" and now.asks:
        user, _ = asked(now.asks[0], incident, view.case, step.name, lambda: colleagues)
        return user.called if user else ""
    if now.state in ("done", "skipped"):
        doers = [names[pk].called for pk in (now.doer, *now.signed) if pk in names]
        return "・".join(dict.fromkeys(doers))
    who = incident.owner if step.by == "owner" else incident.owner.boss
    return who.called if who else ""
