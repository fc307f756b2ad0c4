"""How a person of the customer wants to be met (practice 2-21): asked after the first report, kept for next time."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext
from pydantic import Field

from customers.models import Contact
from customers.services import contact_listening
from incidents.leaves.base import Sort, leaf_write, sealed
from incidents.steps.base import Setting, StepPaper
from office.errors import Refused
from office.templatetags.makoto import sama

LISTENING = "listening"


class Listening(StepPaper):
    """Whom it is about, and how they want to be met."""

    contact: int
    way: Literal["speak", "fast"]


class ListeningSheet(Listening):
    """The same as it is kept: with the name the person had then."""

    name: str = Field("", max_length=200)


def note_listening(paper: Listening, setting: Setting) -> dict[str, Any]:
    """Keep it in the file and on the contact. Refused invalid for somebody who is not of this customer."""
    contact = setting.contacts.get(paper.contact)
    if contact is None:
        raise Refused("invalid", "Choose people of this customer.", field="contact")
    sheet = ListeningSheet(contact=contact.pk, way=paper.way, name=contact.called)
    contact_listening(contact=contact, way=paper.way)
    return {**sealed(leaf_write(setting, LISTENING, sheet)), "contact": contact.pk, "way": paper.way}


def listening_example(setting: Setting) -> dict[str, Any]:
    """Who decides, as the last time or else heard first; contact 0 where the customer has nobody on the list."""
    contact = next(iter(setting.contacts.values()), None)
    return {"contact": contact.pk if contact else 0, "way": (contact and contact.listening) or Contact.Listening.SPEAK}


def way_words(way: str) -> str:
    """What a way of meeting is called."""
    return str(Contact.Listening(way).label)


def _words(paper: ListeningSheet) -> str:
    return gettext("%(name)s: %(way)s") % {"name": sama(paper.name), "way": way_words(paper.way)}


SHEET = Sort(ListeningSheet, _words)
