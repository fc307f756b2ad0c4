"""What a case asks of people: its open steps, approvals and confirmations as activities."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from customers.models import Activity
from customers.models.activity import CHASED
from customers.selectors import ESCALATED, GOES, QUIET
from customers.services import ActivityRow
from incidents.beside import arranged, going, invitations, questions, untold, visit_of
from incidents.engine import Case, Playbook, Progress, Step
from incidents.engine.company import told, told_above, waiting
from incidents.engine.life import REPAIR
from incidents.engine.pause import pause_of
from incidents.engine.translation import _
from incidents.leaves import risk
from incidents.leaves.final_date import final_day, final_moment
from incidents.leaves.repair import day_asked
from incidents.models import Incident
from incidents.parts import asked, decider
from incidents.steps.reactions import BAN, CONDITIONS, STAY_AWAY
from office.errors import Refused
from office.models import User
from office.selectors import Directory, business_calendar

CONFIRM = _("Confirm what was agreed by word of mouth")
NOBODY = _("Nobody is left who may approve this")
CLOSE = _("Close the incident")
TRIAGE = _("Say of which kind it is")
LOOK_AGAIN = _("Look again: go on, or let it rest?")
READ = _("Read the first report")
LOOK = _("Please look at this incident")
ANSWERED = _("There is an answer for you")
FINAL_DATE = _("Final date (set by the customer)")
DEADLINE_DAY = _("Deadline day")
ABSENCE = _("Absence on the deadline day")
LATE = _("Past its due: please look after it")
OPINION = _("You are asked for your opinion")
OUTSIDE = _("You are asked for an outside view")
RESULT = _("How the visit went")
COME_ALONG = _("You are asked to come along")
NOT_ANSWERED = _("Not answered yet: coming along")
NOBODY_ANSWERED = _("Nobody has answered yet: ask somebody else to come along?")
ANOTHER_TIME = _("Another time is asked for, to come along")
NO_ARRIVAL = _("No arrival is recorded yet")
REVIEW = _("Look at the customer's conditions")
SETTLE = _("Settle the customer's conditions")
GOES_ON = _("The wait is over: the clock goes on")
REPAIR_DAY = _("Log what was done today (repair)")
FAILED_LABEL = _("The same remedy has failed again: severity A")
FAILED_AGAIN = "failed"  # in the source of that notice
BOSS_LEVEL = 3  # at the due the doer is told, then the deputy, then the boss


class Post(NamedTuple):
    """One activity the case wants, by its source."""

    who: int
    kind: str
    label: str
    due: datetime | None
    starts: datetime | None
    level: int
    sent_back: bool
    waiting: bool
    deputy: int | None
    link: str
    detail: str
    urgent: bool


def agenda(
    playbook: type[Playbook], incident: Incident, case: Case, directory: Callable[[], Directory],
    but: Collection[str] = (),
) -> dict[str, Post]:  # fmt: skip
    """Everything somebody must do for this case now, by source, `but` for some steps; empty when it is over."""
    if case.state == "at_rest":
        again = _post(incident, incident.owner_id, Activity.Kind.STEP, LOOK_AGAIN, path(incident))
        due = business_calendar().closing_of(date.fromisoformat(case.known["rests_until"]))
        return {source(incident, "look_again"): again._replace(due=due)}
    if case.over:
        return {}
    posts: dict[str, Post] = {}
    for step in (step for name, step in playbook.steps.items() if name not in but):
        posts.update(_of_step(step, incident, case, directory))
    if case.state == "aftercare" and all(p.ended for p in case.steps.values()):
        posts[source(incident, "close")] = _post(incident, incident.owner_id, Activity.Kind.STEP, CLOSE, path(incident))
    if case.state == "untriaged" and any(p.ended for p in case.steps.values()):  # the boss says it; so may the owner
        who = incident.told_to_id or incident.owner_id
        posts[source(incident, "kind")] = _post(incident, who, Activity.Kind.STEP, TRIAGE, path(incident))
    posts.update(_beside(incident, case))
    if incident.chased_at:
        call = _post(incident, incident.owner_id, Activity.Kind.CALL, CHASED, path(incident))
        posts[source(incident, "chased")] = call._replace(due=incident.chased_at, waiting=True)
    posts.update(_quiet(incident, case))
    posts.update(_abuse(incident, case))
    posts.update(_risks(incident, case))
    posts.update(_repair(incident, case))
    posts.update(_paused(incident, case))
    posts.update(_reactions(incident, case))
    posts.update(_final_date(incident, case, directory))
    return posts


def _quiet(incident: Incident, case: Case) -> Iterator[tuple[str, Post]]:
    """What is between two people: it does not say what it is about, no deputy sees it, the customer's page omits it."""
    for pk, row in case.known.get("alternatives", {}).items():
        if row["state"] == "asked":
            post = _post(incident, row["asked"], Activity.Kind.APPROVAL, LOOK, path(incident))
        elif row["state"] == "returned":
            post = _post(incident, row["by"], Activity.Kind.STEP, ANSWERED, path(incident))._replace(sent_back=True)
        else:
            continue
        yield source(incident, f"{QUIET}:{pk}:{row['state']}"), post._replace(deputy=None)


def _abuse(incident: Incident, case: Case) -> Iterator[tuple[str, Post]]:
    """The boss who was told finds it on their own list; it does not say what it is about (practice 4-05)."""
    for pk, row in case.known.get("abuse", {}).items():
        if row["state"] == "told":
            post = _personal(incident, row["told"], LOOK, f"{path(incident)}#abuse")
            yield source(incident, f"{QUIET}:abuse:{pk}"), post._replace(waiting=True)


def _risks(incident: Incident, case: Case) -> Iterator[tuple[str, Post]]:
    """Who is told of a risk to our dealings, until they have answered (practice 4-03)."""
    for sort, row in case.known.get(risk.KNOWN_AS, {}).items():
        for who in risk.waiting(row):
            post = _post(incident, who, Activity.Kind.NOTICE, risk.SORTS[sort], f"{path(incident)}#risk")
            due = datetime.fromisoformat(row["due"])
            yield source(incident, f"risk:{row['leaf']}:{who}"), post._replace(due=due)


def _repair(incident: Incident, case: Case) -> Iterator[tuple[str, Post]]:
    """Today's entry, on each business day of the repair period until the machine runs again (practice 1-16)."""
    day = day_asked(case.known)
    if day and REPAIR in case.steps and not case.steps[REPAIR].ended:
        post = _post(incident, incident.owner_id, Activity.Kind.STEP, REPAIR_DAY, act_path(incident, "log_repair"))
        yield source(incident, "repair_log"), post._replace(due=business_calendar().closing_of(day))


def _paused(incident: Incident, case: Case) -> Iterator[tuple[str, Post]]:
    """The clock goes on again: the owner sees it until somebody moves a step, or says that they have seen it."""
    if over := pause_of(case).get("over"):
        post = _post(incident, incident.owner_id, Activity.Kind.NOTICE, GOES_ON, path(incident))
        yield source(incident, "pause_over"), post._replace(due=datetime.fromisoformat(over))


def _reactions(incident: Incident, case: Case) -> Iterator[tuple[str, Post]]:
    """Asked to stay away, the boss says how we go on; conditions are looked at by the boss and settled by the owner."""
    boss = incident.owner.boss_id or incident.owner_id
    if (ban := case.known.get(BAN)) and not ban["way"]:
        post = _post(incident, boss, Activity.Kind.APPROVAL, STAY_AWAY, act_path(incident, "choose_way"))
        yield source(incident, f"ban:{ban['submission']}"), post._replace(due=datetime.fromisoformat(ban["due"]))
    if asked_for := case.known.get(CONDITIONS):
        for who, label in {boss: REVIEW, incident.owner_id: SETTLE}.items():
            name = source(incident, f"conditions:{asked_for['submission']}:{who}")
            yield name, _post(incident, who, Activity.Kind.STEP, label, f"{path(incident)}#ways")


def rows(before: dict[str, Post], after: dict[str, Post], incident: Incident, by: int | None) -> list[ActivityRow]:
    """What must be written to turn one agenda into another: only what changed."""
    changed = [_row(key, post, incident) for key, post in after.items() if before.get(key) != post]
    over = incident.state in ("void", "withdrawn", "merged", "at_rest")
    ended = "dropped" if over else "done"
    gone = [_row(key, post, incident, ended, by) for key, post in before.items() if key not in after]
    return [*changed, *gone]


def read_notice(incident: Incident, ended_by: User | None = None) -> ActivityRow | None:
    """The boss's notice of a first report; done by whom, once read. None when nobody was told."""
    if incident.told_to_id is None:
        return None
    return ActivityRow(
        source=source(incident, "read"), kind=Activity.Kind.NOTICE, label=READ, detail=incident.summary[:200],
        customer_id=incident.customer_id, number=incident.number, who_id=incident.told_to_id, due=incident.opened_at,
        link=path(incident), urgent=incident.severity == "A", state="done" if ended_by else "open",
        done_by_id=ended_by.pk if ended_by else None,
    )  # fmt: skip


def failed_notice(incident: Incident, state: str = "open") -> ActivityRow:
    """The boss's notice that a remedy has failed again (practice 2-41). It ends when they open the incident from it."""
    who = incident.owner.boss_id or incident.owner_id
    return ActivityRow(
        source=source(incident, FAILED_AGAIN), kind=Activity.Kind.NOTICE, label=FAILED_LABEL,
        detail=incident.summary[:200], customer_id=incident.customer_id, number=incident.number, who_id=who,
        link=f"{path(incident)}?told={FAILED_AGAIN}", urgent=True, state=state,
    )  # fmt: skip


def source(incident: Incident, what: str) -> str:
    """The unique name of an activity of an incident."""
    return f"incident:{incident.number}:{what}"


def path(incident: Incident, step: str = "") -> str:
    """Where it is done."""
    return f"/incidents/{incident.number}/" + (f"steps/{step}/" if step else "")


def _final_date(incident: Incident, case: Case, directory: Callable[[], Directory]) -> Iterator[tuple[str, Post]]:
    """The countdown of everybody it concerns, the day itself for who goes, and an absence that waits for a decision."""
    day, at = final_day(case.known), final_moment(case.known)
    if day is None or at is None:
        return
    page = f"{path(incident)}#final"
    for who in dict.fromkeys((incident.liaison_id or incident.owner_id, incident.owner_id, incident.owner.boss_id)):
        if who is not None:
            post = _post(incident, who, Activity.Kind.DEADLINE, FINAL_DATE, page)
            yield source(incident, f"final:{who}"), post._replace(due=at)
    closing = business_calendar().closing_of(day)
    starts = at if at < closing else business_calendar().opening_of(day)
    goes = _post(incident, case.known["final_goes"], Activity.Kind.DAY, DEADLINE_DAY, page)
    yield source(incident, "day"), goes._replace(starts=starts, due=max(at, closing))
    if along := case.known.get("final_with"):
        goes = goes._replace(who=along, deputy=None)
        yield source(incident, "day:with"), goes._replace(starts=starts, due=max(at, closing))
    if asked_for := case.known.get("absence"):
        taken = {asked_for["asked_by"], case.known["final_goes"]}
        user, left = decider("manager", incident, case, taken, directory)
        who = user.pk if user else _last_resort(incident, directory)
        post = _post(incident, who, Activity.Kind.APPROVAL, ABSENCE if left else NOBODY, page)
        yield (
            source(incident, f"absence:{asked_for['leaf']}"),
            post._replace(due=datetime.fromisoformat(asked_for["due"])),
        )


def act_path(incident: Incident, command: str) -> str:
    """The page of an act."""
    return f"{path(incident)}acts/{command}/"


def _of_step(
    step: Step, incident: Incident, case: Case, directory: Callable[[], Directory]
) -> Iterator[tuple[str, Post]]:
    now = case.steps[step.name]
    if now.state == "open":
        name = f"{step.name}:{now.round}" if now.round else step.name
        work = _work(step, now, incident)
        yield source(incident, name), work
        yield from _going(now, incident, case, source(incident, name), work)
        boss = incident.owner.boss_id
        if now.level >= BOSS_LEVEL and boss and boss != work.who:
            late = _post(incident, boss, Activity.Kind.STEP, step.label, path(incident, step.name))
            yield source(incident, f"{name}:{ESCALATED}"), late._replace(due=now.due, detail=LATE)
    parts, label = (now.asks, step.label) if now.state == "submitted" else (now.unconfirmed, CONFIRM)
    for part in parts:
        user, left = asked(part, incident, case, step.name, directory)
        who = user.pk if user else _last_resort(incident, directory)
        post = _post(incident, who, Activity.Kind.APPROVAL, label if left else NOBODY, path(incident, step.name))
        # the submission is part of the name: each ask keeps its own row, done or not
        yield source(incident, f"{step.name}:{part}:{now.submission}"), post._replace(due=now.due, level=now.level)


def _going(now: Progress, incident: Incident, case: Case, name: str, work: Post) -> Iterator[tuple[str, Post]]:
    """Who goes beside the owner has the visit on their own list and in their calendar, and is missed like the owner."""
    if not arranged(now):
        return
    for pk in going(now, incident.owner_id):
        if pk not in (incident.owner_id, *case.companions):  # who comes along has a row of their own
            yield f"{name}:{GOES}:{pk}", work._replace(who=pk, deputy=None, level=0)


def _beside(incident: Incident, case: Case) -> Iterator[tuple[str, Post]]:
    """Opinions and company that were asked for, and who has yet to read how the visit went."""
    for leaf, question in questions(case).items():
        for pk in question["of"]:
            link = f"{act_path(incident, 'answer_opinion')}?opinion={leaf}"
            label = OUTSIDE if question.get("open") else OPINION
            yield source(incident, f"opinion:{leaf}:{pk}"), _personal(incident, pk, label, link)
    visit, waits = visit_of(case), {int(leaf) for leaf, _ask in waiting(case)}
    for number, ask in invitations(case):
        name, label = source(incident, f"accompany:{number}"), _("Visit")
        if ask["answer"] == "asked":
            link = f"{act_path(incident, 'answer_accompaniment')}?request={number}"
            post = _post(incident, ask["who"], Activity.Kind.APPROVAL, COME_ALONG, link)._replace(due=visit.due)
            if number not in waits or not told(ask):
                yield name, post
                continue
            yield name, post._replace(level=told(ask), detail=NOT_ANSWERED)
            if told_above(ask):
                yield from _nobody_answers(incident, name, ask, post)
        elif ask["goes"]:
            post = _post(incident, ask["goes"], Activity.Kind.VISIT, label, path(incident, "visit"))
            yield name, post._replace(due=visit.due, starts=visit.due)
        elif ask["starts"] == visit.data["starts"]:  # until the visit is moved
            link = path(incident, "visit")
            yield name, _post(incident, incident.owner_id, Activity.Kind.STEP, ANOTHER_TIME, link)
    for pk in untold(case):
        name = source(incident, f"told:{visit.submission}:{pk}")
        yield name, _personal(incident, pk, RESULT, f"{path(incident)}#result")


def _nobody_answers(incident: Incident, name: str, ask: Mapping[str, Any], post: Post) -> Iterator[tuple[str, Post]]:
    """The next one up answers for who was asked; the owner asks somebody else."""
    if ask["above"]:
        yield f"{name}:above", post._replace(who=ask["above"], label=NOT_ANSWERED)
    other = _post(
        incident, incident.owner_id, Activity.Kind.STEP, NOBODY_ANSWERED, act_path(incident, "ask_accompaniment")
    )
    yield f"{name}:owner", other._replace(due=post.due)


def _personal(incident: Incident, who: int, label: str, link: str) -> Post:
    """For one person alone: neither a deputy nor a stand-in learns of it."""
    return _post(incident, who, Activity.Kind.PERSONAL, label, link)._replace(deputy=None)


def _work(step: Step, now: Progress, incident: Incident) -> Post:
    who = incident.owner_id if step.by == "owner" else incident.owner.boss_id or incident.owner_id
    kind = Activity.Kind.VISIT if step.arranges and now.started else Activity.Kind.STEP
    if step.aftercare and step.by == "owner":
        kind = Activity.Kind.FOLLOW_UP
    post = _post(incident, who, kind, step.label, path(incident, step.name))
    starts = now.due if kind == Activity.Kind.VISIT else None
    if starts and now.level:
        post = post._replace(detail=NO_ARRIVAL)
    return post._replace(due=now.due, starts=starts, level=max(0, now.level - 1), sent_back=now.sent_back)


def _post(incident: Incident, who: int, kind: str, label: str, link: str) -> Post:
    deputy = incident.deputy_id if who == incident.owner_id else None
    detail, urgent = incident.summary[:200], incident.severity == "A"
    return Post(who, kind, label, None, None, 0, False, False, deputy, link, detail, urgent)


def _last_resort(incident: Incident, directory: Callable[[], Directory]) -> int:
    """Nobody may sign: the system's admin is told by name, so that somebody appoints a stand-in."""
    admins = directory().with_role("admin")
    if not admins:
        raise Refused("conflict", "Nobody is left who may approve this.")
    return admins[0].pk


def _row(key: str, post: Post, incident: Incident, state: str = "open", by: int | None = None) -> ActivityRow:
    return ActivityRow(
        source=key, kind=post.kind, label=post.label, detail=post.detail, customer_id=incident.customer_id,
        number=incident.number, who_id=post.who, deputy_id=post.deputy, due=post.due, starts=post.starts,
        link=post.link, state=state, done_by_id=by, level=post.level, sent_back=post.sent_back, waiting=post.waiting,
        urgent=post.urgent,
    )  # fmt: skip
