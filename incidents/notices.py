"""The mails an incident sends by itself. A subject may stand on a lock screen, so it names the company at most."""

from __future__ import annotations

from django.utils.translation import gettext, override

from incidents.agenda import path
from incidents.engine import Event
from incidents.turn import Turn
from office.models import User
from office.services import Message


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


def alarm_mail(turn: Turn, event: Event) -> Message | None:
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
