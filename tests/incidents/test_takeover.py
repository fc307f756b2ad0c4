"""Small rights: who takes an incident over reads what was prepared; who asked in private takes the question back."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Activity
from customers.services import ContactData, contact_update
from incidents import verify
from incidents.bargain import bargain
from incidents.models import Leaf
from incidents.pages import whole
from incidents.selectors import leaves_readable
from office.errors import Refused
from office.models import User
from tests.job import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    return Job(cast, at).planned().wished()


def reads(job: Job, user: User) -> list[str]:
    return [leaf.sort for leaf in leaves_readable(job.viewer(user), job.incident) if leaf.sort != "claims"]


def test_a_new_owner_reads_what_is_still_sealed(cast: SimpleNamespace, job: Job) -> None:
    job.do(cast.rep, "prepare_alternatives")
    job.do(cast.manager, "agree_alternatives")
    assert reads(job, cast.rep2) == []
    job.do(cast.manager, "assign", data={"owner": cast.rep2.pk})
    assert reads(job, cast.rep2) == ["alternatives"]
    assert reads(job, cast.tech) == []
    assert job.case.known["alternatives"][str(Leaf.objects.get(sort="alternatives").pk)]["heirs"] == [cast.rep2.pk]
    job.do(cast.manager, "assign", data={"owner": cast.tech.pk})
    assert reads(job, cast.tech) == ["alternatives"], "from owner to owner"
    assert list(verify.problems()) == []


def test_an_heir_who_has_left_is_not_named(cast: SimpleNamespace, job: Job) -> None:
    job.do(cast.rep, "prepare_alternatives")
    job.do(cast.manager, "agree_alternatives")
    for owner in (cast.rep2, cast.tech):
        job.do(cast.manager, "assign", data={"owner": owner.pk})
    User.objects.filter(pk=cast.rep2.pk).update(is_active=False)
    (found,) = bargain(whole(job.viewer(cast.manager), job.number)).sets
    assert found.heirs == cast.tech.called


def test_what_the_owner_did_not_prepare_is_not_inherited(cast: SimpleNamespace, job: Job) -> None:
    job.do(cast.manager, "prepare_alternatives", data={"options": [{"what": "値引き"}], "who": cast.branch.pk})
    job.do(cast.manager, "assign", data={"owner": cast.rep2.pk})
    assert reads(job, cast.rep2) == []


def test_who_asked_takes_the_question_back(cast: SimpleNamespace, job: Job) -> None:
    job.do(cast.rep, "ask_opinion", data={"text": "書面を先に出すべきでしょうか", "who": [cast.rep2.pk, cast.tech.pk]})
    leaf = Leaf.objects.get(sort="opinion")
    job.do(cast.rep2, "answer_opinion", data={"opinion": leaf.pk, "text": "お電話が先です"})
    job.do(cast.rep, "withdraw_opinion")
    leaf.refresh_from_db()
    assert leaf.state == "withdrawn"
    assert not Activity.objects.open().filter(source__contains=":opinion:").exists()
    job.do(cast.rep, "share_opinion")
    for late in (cast.tech, cast.rep2):
        with pytest.raises(Refused):
            job.do(late, "answer_opinion", data={"opinion": leaf.pk, "text": "遅れて"})


def test_only_who_asked_takes_it_back(cast: SimpleNamespace, job: Job) -> None:
    job.do(cast.rep, "ask_opinion", data={"text": "いかがでしょうか", "who": [cast.rep2.pk]})
    for other in (cast.rep2, cast.manager, cast.tech):
        with pytest.raises(Refused):
            job.do(other, "withdraw_opinion", data={"opinion": Leaf.objects.get(sort="opinion").pk})
    assert Leaf.objects.get(sort="opinion").state == "open"


def test_a_deputy_is_told_of_a_missing_arrival_within_the_half_hour(cast: SimpleNamespace, job: Job) -> None:
    assert job.incident.pins["ladder.visit"] == "10, 20 minutes"


def test_a_contact_is_written_where_it_changed(cast: SimpleNamespace, at: datetime) -> None:
    data = ContactData(surname="岡本", given_name="隆一", rank="専務取締役", decides=True, phone="0568-55-0199")
    with CaptureQueriesContext(connection) as asked:
        contact_update(contact_id=cast.okamoto.pk, version=1, data=data, by=cast.rep, at=at)
    written = next(q["sql"] for q in asked if q["sql"].startswith('UPDATE "customers_contact"'))
    assert '"phone"' in written
    assert '"surname"' not in written
    cast.okamoto.refresh_from_db()
    assert (cast.okamoto.phone, cast.okamoto.version) == ("0568-55-0199", 2)
