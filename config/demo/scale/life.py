"""How an incident usually goes, with the usual exceptions: what the people of a walk do, and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from config.demo.scale.letters import approve_letter, hand_over, write_letter
from config.demo.scale.names import THANKS, WORDS
from config.demo.scale.walk import NotYetError, Walk
from config.demo.words import CAUSE, CAUSE_HANDOVER, CAUSE_REPAIR, CAUSE_SPLIT, CHECK, WEEKLY
from customers.models import Promise
from incidents.engine import playbooks
from incidents.models import Measure, Note, Opened
from incidents.steps.base import end_of_day
from office.clock import JST
from office.roles import Role

UNKNOWN, WITHDRAWN, VOID = 0.01, 0.03, 0.02  # shares of all incidents
MISSED, UNTRIAGED = "missed_invoice", "untriaged"
Chapter = Callable[[Walk], None]


def live(walk: Walk) -> None:
    """Walk as far as now allows; alarms ring up to now."""
    fate = walk.random.random()
    _begin(walk, UNTRIAGED if fate < UNKNOWN else MISSED)
    try:
        for chapter in _chapters(fate):
            chapter(walk)
    except NotYetError:
        walk.ring(walk.world.now)
    walk.finish()


def _chapters(fate: float) -> tuple[Chapter, ...]:
    if fate < UNKNOWN:
        return (_heard,)
    if fate < UNKNOWN + WITHDRAWN:
        return _heard, _apologise, _withdraw
    if fate < UNKNOWN + WITHDRAWN + VOID:
        return _heard, _void
    return _heard, _apologise, _plan, _letter, _visit, _money, _prevent, _months, _close


def _begin(walk: Walk, kind: str) -> None:
    paper = {"summary": walk.incident.summary, "next_contact": "none", "customer_words": _pick(walk, WORDS),
             "told_by_customer": walk.random.random() < 0.8}  # fmt: skip
    walk.open(playbooks()[kind], walk.owner, paper)


def _heard(walk: Walk) -> None:
    boss = walk.incident.told_to
    if boss is None:
        return
    at = walk.later(walk.random.randint(5, 90))
    walk.rows.opened.append(Opened(incident=walk.incident, user=boss, at=at))
    walk.give(at, boss, "manager", "acknowledge", facts={"answer": _pick(walk, ("thanks", "call", "go_on"))})


def _apologise(walk: Walk) -> None:
    data = {"how": _pick(walk, ("phone", "phone", "call_in")), "to": [walk.contact.pk], "words": _pick(walk, WORDS)}
    walk.submit(walk.later(walk.random.randint(5, 120)), walk.owner, "owner", "first_apology", data)


def _withdraw(walk: Walk) -> None:
    note = _note(walk, Note.Kind.REASON, "お客様の社内で見つかったとのご連絡")
    walk.note(walk.later(walk.random.randint(60, 900)), walk.owner, "owner", "withdraw", "", note)


def _void(walk: Walk) -> None:
    boss = walk.world.staff.managers(walk.owner)[0]
    note = _note(walk, Note.Kind.REASON, "別の事案に入力済み")
    walk.note(walk.later(walk.random.randint(10, 300)), boss, "manager", "void", "", note)


def _plan(walk: Walk) -> None:
    """One in eight plans comes back first."""
    boss = walk.world.staff.managers(walk.owner)[0]
    walk.submit(walk.later(walk.random.randint(60, 330)), walk.owner, "owner", "plan", _plan_paper(walk))
    if walk.random.random() < 0.12:
        note = _note(walk, Note.Kind.REASON, "お客様への影響を、数字で伺ってから出しましょう")
        walk.note(walk.later(walk.random.randint(20, 240)), boss, "manager", "send_back", "plan", note)
        walk.submit(walk.later(walk.random.randint(30, 200)), walk.owner, "owner", "plan", _plan_paper(walk))
    walk.give(walk.later(walk.random.randint(15, 300)), boss, "manager", "approve", "plan")


def _plan_paper(walk: Walk) -> dict[str, Any]:
    boss = walk.owner.boss_id
    starts = walk.world.rules.calendar.add_days(walk.at, 5).astimezone(JST).date()
    return {
        "fault": _pick(walk, ("ours", "ours", "both", "perception")), "cause_state": "confirmed",
        "cause_evidence": "納品記録と請求書の控えを突き合わせて確かめた",
        "cause": _pick(walk, (CAUSE, CAUSE_SPLIT, CAUSE_HANDOVER, CAUSE_REPAIR)), "invoice": walk.incident.invoice,
        "effect": "締め処理に間に合わず、お支払いのご計画を組み直していただいた", "remedy": "正しい請求書を本日中にお届けする",
        "prevention": _pick(walk, (CHECK, WEEKLY)), "prevention_from": starts, "wish": _pick(walk, WORDS),
        "attendees": [walk.owner.pk, *([boss] if boss else [])], "meets": [walk.contact.pk],
    }  # fmt: skip


def _letter(walk: Walk) -> None:
    if walk.case.steps["letter"].state == "open":
        bears = walk.world.staff.first(Role.DIRECTOR if walk.incident.severity == "A" else Role.BRANCH_HEAD)
        copy = write_letter(walk, walk.later(walk.random.randint(30, 300)), bears)
        approve_letter(walk, walk.later(walk.random.randint(30, 500)), bears, copy)


def _visit(walk: Walk) -> None:
    """Arranged for one of the next days; where nobody was content, once more."""
    while walk.case.steps["visit"].state == "open":
        at = walk.later(walk.random.randint(10, 60))
        day = walk.world.rules.calendar.add_days(at, walk.random.randint(1, 3)).astimezone(JST).date()
        starts = datetime.combine(day, time(walk.random.choice((10, 11, 13, 14, 15, 16))), JST)
        walk.arrange(at, walk.owner, {
            "starts": starts, "place": "本社", "attendees": [walk.owner.pk], "meets": [walk.contact.pk],
            "apology_points": "請求書が漏れていたこと",
        })  # fmt: skip
        _visited(walk, starts + timedelta(minutes=walk.random.randint(35, 100)))
    if walk.case.steps["hand_over"].state == "open":
        hand_over(walk, walk.later(walk.random.randint(1, 30)))


def _visited(walk: Walk, ends: datetime) -> None:
    at = walk.upto(ends)
    reaction = walk.random.choices(
        ("accepted", "conditional", "pending", "not_accepted", "not_met"), (30, 30, 28, 7, 5)
    )[0]  # fmt: skip
    met = [] if reaction == "not_met" else [walk.contact.pk]
    why = "" if met else "急なご来客のため、改めての日時をお願いした"
    data: dict[str, Any] = {"met": met, "why_not": why, "reaction": reaction, "words": _pick(walk, WORDS)}
    if reaction == "conditional":
        data |= {"conditions": "点検の結果を書面で見せること"}
    if reaction == "pending" or walk.random.random() < 0.6:
        by = walk.world.rules.calendar.add_days(at, walk.random.randint(2, 10))
        data |= {"promise_what": "点検の結果をお知らせする", "promise_by": by}
        _promise(walk, at, by)
    walk.submit(at, walk.owner, "owner", "visit", data)


def _promise(walk: Walk, at: datetime, by: datetime) -> None:
    """Kept in time, mostly; open while its day lies ahead."""
    kept = by - timedelta(hours=walk.random.randint(1, 20))
    late = walk.random.random() < 0.05
    ended = None if kept > walk.world.now else max(kept, at)
    number = walk.case.steps["visit"].submission + 1
    walk.rows.promises.append(Promise(
        pk=walk.key(Promise), customer=walk.incident.customer, number=walk.incident.number, answer_by=by, agreed=True,
        source=f"incident:{walk.incident.number}:visit:{number}", what="点検の結果をお知らせする", owner=walk.owner,
        made_by=walk.owner, made_at=at, to_contact=walk.contact, ended_at=ended,
        ended_by=walk.owner if ended else None, evidence="電話でお伝えした" if ended else "",
        state="open" if ended is None else "broken" if late else "kept",
    ))  # fmt: skip


def _money(walk: Walk) -> None:
    doer, *others = walk.world.staff.managers(walk.owner)
    amount = walk.random.choices((0, 30_000, 80_000, 450_000), (70, 12, 10, 8))[0]
    data = {
        "losses": ["cash_flow"], "loss": "お支払い計画の組み直し", "decision": "compensate" if amount else "none",
        "amount": amount, "basis": "お客様のご提示による実費" if amount else "金銭の補償は不要とのお申し出",
    }  # fmt: skip
    walk.submit(walk.later(walk.random.randint(60, 1200)), doer, "manager", "compensation", data)
    signers = iter([*others, walk.world.staff.first(Role.DIRECTOR)])
    while asks := walk.case.steps["compensation"].asks:
        walk.give(walk.later(walk.random.randint(20, 400)), next(signers), asks[0], "approve", "compensation")


def _prevent(walk: Walk) -> None:
    boss = walk.world.staff.managers(walk.owner)[0]
    at = walk.later(walk.random.randint(60, 900))
    due = walk.world.rules.calendar.add_days(at, 10).astimezone(JST).date()
    whose = walk.world.staff.first(Role.BILLING)
    what, scope = _pick(walk, (CHECK, WEEKLY)), _pick(walk, ("procedure", "system"))
    line = {"what": what, "scope": scope, "owner": whose.pk, "due": due}
    walk.submit(at, boss, "manager", "prevention", {"measures": [line]})
    done = end_of_day(due) - timedelta(hours=2)
    walk.rows.measures.append(Measure(
        incident=walk.incident, submission=1, place=0, what=what, scope=scope, owner=whose,
        due=end_of_day(due), done_at=done if done <= walk.world.now else None,
        evidence="実施し、記録を残した" if done <= walk.world.now else "",
    ))  # fmt: skip


def _months(walk: Walk) -> None:
    """Follow-ups and the effect check, each shortly before it is due; one in twenty a day late."""
    boss = walk.world.staff.managers(walk.owner)[0]
    while open_ := [(p.due, name) for name, p in walk.case.steps.items() if p.state == "open" and p.due]:
        due, step = min(open_)
        late = timedelta(hours=26) if walk.random.random() < 0.05 else timedelta(minutes=-walk.random.randint(20, 400))
        at = walk.upto(due + late)
        if step == "effect_check":
            walk.submit(
                at, boss, "manager", step, {"worked": True, "evidence": "対象期間の請求をすべて照合し、もれ0件"}
            )
        else:
            data = {"how": _pick(walk, ("phone", "phone", "visit")), "to": [walk.contact.pk],
                    "reaction": _taken(walk),
                    "words": _pick(walk, THANKS)}  # fmt: skip
            walk.submit(at, walk.owner, "owner", step, data)


def _taken(walk: Walk) -> str:
    """How they take a call; what was open of their conditions is settled by it."""
    settles = bool(walk.case.known.get("conditions"))
    return "accepted" if settles else _pick(walk, ("accepted", "accepted", "conditional", "pending"))


def _close(walk: Walk) -> None:
    walk.give(walk.later(walk.random.randint(60, 900)), walk.owner, "owner", "close", facts={"open_promises": 0})


def _note(walk: Walk, kind: str, text: str) -> Note:
    return Note(pk=walk.key(Note), kind=kind, text=text)


def _pick(walk: Walk, choices: tuple[str, ...]) -> str:
    return walk.random.choice(choices)
