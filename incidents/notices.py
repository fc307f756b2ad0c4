"""The mails an incident sends by itself. A subject may stand on a lock screen, so it names the company at most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils.translation import gettext, override

from incidents.agenda import NO_ARRIVAL, NOBODY_ANSWERED, NOT_ANSWERED, act_path, path
from incidents.beside import arranged, going
from incidents.engine import Event
from incidents.engine.company import KNOWN_AS, UNANSWERED, told, told_above
from incidents.turn import Turn
from office.clock import local_day
from office.models import User
from office.services import Message
from office.templatetags.makoto import clock


def told_mail(turn: Turn, boss: User) -> Message:
    """A first report is in: to the boss, once."""
    incident = turn.incident
    with override(boss.language):
        subject = gettext("Please check: %(customer)s") % {"customer": incident.customer.called}
        body = gettext("%(who)s has sent a first report (%(number)s).") % {
            "who": turn.actor.called if turn.actor else "", "number": incident.number,
        }  # fmt: skip
    return Message(
        key=f"incident:{incident.number}:told:{boss.pk}", to=boss.pk, subject=subject,
        body=f"{body}\n\n{incident.summary}\n{path(incident)}", about=f"incident {incident.number}", try_at=turn.at,
    )  # fmt: skip


def failed_mail(turn: Turn, boss: User) -> Message:
    """A remedy has failed again: to the boss, once (practice 2-41)."""
    incident = turn.incident
    with override(boss.language):
        subject = gettext("Please check: %(customer)s") % {"customer": incident.customer.called}
        body = gettext("The same remedy has failed again (%(number)s).") % {"number": incident.number}
    return Message(
        key=f"incident:{incident.number}:failed:{incident.head_seq + 1}", to=boss.pk, subject=subject,
        body=f"{body}\n\n{path(incident)}", about=f"incident {incident.number}", try_at=turn.at,
    )  # fmt: skip


def alarm_mails(turn: Turn, event: Event) -> Iterator[Message]:
    """What an alarm tells by mail: a missing arrival or answer always, a due that has passed only of a grave matter."""
    if event.name == UNANSWERED:
        yield from _company_mails(turn, event)
    elif turn.playbook.steps[event.step].arranges and arranged(turn.case.steps[event.step]):
        yield from _arrival_mails(turn, event)
    elif turn.incident.severity == "A" and (mail := _due_mail(turn, event)):
        yield mail


def arrival_missing(who: Iterable[User], starts: datetime) -> str:
    """What is asked of whoever is to ring the customer, in the language that is on."""
    facts = {"who": "、".join(user.called for user in who), "time": clock(starts)}
    return gettext("No arrival of %(who)s at %(time)s is recorded. Could you call the customer?") % facts


def _arrival_mails(turn: Turn, event: Event) -> Iterator[Message]:
    """Practice 4-02: at the first of the minutes of `ladder.visit` to everybody who is expected, and at the last, since
    it is an apology visit, to the deputy, or whoever looks after the customer when the deputy goes."""
    incident, now, customer = turn.incident, turn.case.steps[event.step], turn.incident.customer
    starts = datetime.fromisoformat(now.data.get("expected", now.data["starts"]))
    expected = [user for pk in going(now, incident.owner_id) if (user := turn.directory.get(pk))]
    if not now.level:
        for user in expected:
            with override(user.language):
                told = f"{gettext(NO_ARRIVAL)}\n{clock(starts)} {gettext('Visit')}"
                yield _arrival_mail(turn, event, user, told)
    gone = {*(user.pk for user in expected), *turn.case.companions}
    others = (incident.deputy_id, incident.owner_id, customer.deputy_id, customer.owner_id)
    caller = next((user for pk in others if pk not in gone and (user := turn.directory.get(pk))), None)
    if event.sets["level"] == len(now.alarms) and caller:
        with override(caller.language):
            yield _arrival_mail(turn, event, caller, f"{gettext(NO_ARRIVAL)}\n{arrival_missing(expected, starts)}")


def _arrival_mail(turn: Turn, event: Event, receiver: User, told: str) -> Message:
    """In the language that is on."""
    incident = turn.incident
    subject = gettext("Please check: %(customer)s") % {"customer": incident.customer.called}
    key = f"incident:{incident.number}:{event.step}:{turn.key}:{receiver.pk}"[-120:]
    return Message(
        key=key, to=receiver.pk, subject=subject, body=f"{told}\n{path(incident, event.step)}",
        about=f"incident {incident.number}", try_at=turn.at,
    )  # fmt: skip


def _company_mails(turn: Turn, event: Event) -> Iterator[Message]:
    """Practice 2-29: whoever was asked to come along is reminded; at the last alarm their stand-ins, the next one up
    and the owner are told as well."""
    incident, before = turn.incident, turn.case.known[KNOWN_AS]
    for leaf, ask in event.sets["known"][KNOWN_AS].items():
        if told(ask) == told(before[leaf]):
            continue
        answer = f"{act_path(incident, 'answer_accompaniment')}?request={leaf}"
        receivers = {ask["who"]: (NOT_ANSWERED, answer)}
        if told_above(ask):
            stand_ins = turn.directory.stand_ins_for(ask["who"], local_day(turn.at))
            receivers |= dict.fromkeys([*(user.pk for user in stand_ins), ask["above"]], (NOT_ANSWERED, answer))
            receivers[incident.owner_id] = (NOBODY_ANSWERED, act_path(incident, "ask_accompaniment"))
        for pk, (sentence, link) in receivers.items():
            if user := turn.directory.get(pk):
                yield _company_mail(turn, user, f"{leaf}:{told(ask)}", sentence, link)


def _company_mail(turn: Turn, receiver: User, about: str, sentence: str, link: str) -> Message:
    incident = turn.incident
    with override(receiver.language):
        subject = gettext("Please check: %(customer)s") % {"customer": incident.customer.called}
        body = f"{gettext(sentence)} ({incident.number})"
    return Message(
        key=f"incident:{incident.number}:accompany:{about}:{receiver.pk}", to=receiver.pk, subject=subject,
        body=f"{body}\n\n{link}", about=f"incident {incident.number}", try_at=turn.at,
    )  # fmt: skip


def _due_mail(turn: Turn, event: Event) -> Message | None:
    """A due has passed: to the owner first, then to the boss; None when there is no boss."""
    incident = turn.incident
    receiver = incident.owner if event.sets["level"] == 1 else incident.owner.boss
    if receiver is None:
        return None
    with override(receiver.language):
        subject = gettext("Please check: %(customer)s") % {"customer": incident.customer.called}
        body = gettext("%(step)s is past its due (%(number)s).") % {
            "step": gettext(turn.playbook.steps[event.step].label),
            "number": incident.number,
        }
    key = f"incident:{incident.number}:{event.step}:{turn.key}"[-120:]
    return Message(key=key, to=receiver.pk, subject=subject, body=body, about=f"incident {incident.number}",
                   try_at=turn.at)  # fmt: skip
