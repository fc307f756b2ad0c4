"""Splitting on its page: only what there is can go along, and both pages lead to each other."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from customers.models import Promise
from incidents.models import Incident
from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db


def test_a_second_matter_is_split_off_on_its_page(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    claims = [{"said": "請求書が来ない", "theme": "money"}, {"said": "機械が止まった", "theme": "thing"}]
    matter.do(cast.rep, "note_claims", data={"claims": claims})
    client, url = client_for(cast.rep), f"{matter.url}acts/split/"
    assert url in client.get(matter.url).content.decode()
    form = client.get(url).content.decode()
    assert "機械が止まった" in form
    assert 'name="points"' not in form, "no point was named"
    assert 'name="invoice"' not in form, "it is about no invoice"
    promise = Promise.objects.get()
    typed = {"kind": "defect", "severity": "A", "claims": ["機械が止まった"], "promises": [promise.pk]}
    empty = client.post(url, {**typed, "summary": "", "idempotency": "s0"})
    assert empty.status_code == 422
    for _double_tap in range(2):
        done = client.post(url, {**typed, "summary": "機械がまた止まった", "idempotency": "s1"})
        assert done.status_code == 302
    other = Incident.objects.exclude(number=matter.number).get()
    assert other.number in client.get(matter.url).content.decode()
    page = client.get(f"/incidents/{other.number}/").content.decode()
    assert f"/incidents/{matter.number}/" in page
    assert "「機械が止まった」" in page
    assert f"事案{matter.number}から分けて" in page


def test_a_stale_page_is_told_beside_the_field(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    client, promise = client_for(cast.rep), Promise.objects.get()
    typed = {"kind": "defect", "severity": "A", "summary": "機械の件", "promises": [promise.pk], "idempotency": "s2"}
    Promise.objects.filter(pk=promise.pk).update(number="")
    answer = client.post(f"{matter.url}acts/split/", typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors["promises"]
    assert not Incident.objects.exclude(number=matter.number).exists()
