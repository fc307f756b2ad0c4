"""How the customer's people want to be met (practice 2-21): noted in the incident, kept on the contact."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from customers.models import Contact
from incidents import verify
from incidents.models import Leaf, Note
from office.errors import Refused
from tests.cast import make_customer
from tests.job import Job

pytestmark = pytest.mark.django_db


def test_it_is_kept_on_the_contact_and_in_the_file(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    job.do(cast.rep, "note_listening", data={"contact": cast.okamoto.pk, "way": "speak"})
    contact = Contact.objects.get(pk=cast.okamoto.pk)
    assert (contact.listening, contact.version) == ("speak", 2)
    sheet = json.loads(Leaf.objects.get(sort="listening").text)
    assert sheet == {"contact": cast.okamoto.pk, "way": "speak", "name": "専務取締役 岡本"}
    assert list(verify.problems()) == []


def test_the_next_incident_proposes_what_the_last_one_taught(cast: SimpleNamespace, at: datetime) -> None:
    Job(cast, at).do(cast.rep, "note_listening", data={"contact": cast.okamoto.pk, "way": "fast"})
    example = Job(cast, at).offers(cast.rep)["note_listening", ""]["schema"]["example"]
    assert example == {"contact": cast.okamoto.pk, "way": "fast"}


@pytest.mark.parametrize(("change", "field"), [({"way": "shout"}, "way"), ({"contact": 2**70}, "contact")])
def test_what_does_not_hold_is_refused(cast: SimpleNamespace, at: datetime, change: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        Job(cast, at).do(cast.rep, "note_listening", data={"contact": cast.okamoto.pk, "way": "speak", **change})
    assert refused.value.field == field
    assert not Leaf.objects.exists()


def test_nobody_of_another_customer_is_taken(cast: SimpleNamespace, at: datetime) -> None:
    theirs = cast.hokuriku.contacts.get()
    with pytest.raises(Refused):
        Job(cast, at).do(cast.rep, "note_listening", data={"contact": theirs.pk, "way": "speak"})
    theirs.refresh_from_db()
    assert theirs.listening == ""


def test_without_anybody_on_the_list_it_is_not_offered(cast: SimpleNamespace, at: datetime) -> None:
    cast.towa = make_customer("C-0009", "無人商会", cast.rep)
    assert ("note_listening", "") not in Job(cast, at).offers(cast.rep)


def test_words_noted_afterwards_say_when_they_were_said(cast: SimpleNamespace, at: datetime) -> None:
    job, said = Job(cast, at), at - timedelta(hours=3)
    job.do(cast.rep, "note", data={"text": "締めに入らない", "said_by": "岡本専務", "heard_at": said.isoformat()})
    assert Note.objects.get().heard_at == said


def test_nothing_is_noted_before_it_was_said(cast: SimpleNamespace, at: datetime) -> None:
    data = {"text": "締め", "said_by": "岡本専務", "heard_at": (at + timedelta(minutes=5)).isoformat()}
    with pytest.raises(Refused) as refused:
        Job(cast, at).do(cast.rep, "note", data=data)
    assert (refused.value.code, refused.value.field) == ("invalid", "heard_at")
    assert not Note.objects.exists()
