"""第一報: three fields on a phone."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import uuid4

import pytest

from customers.models import Promise
from incidents.models import Incident, Submission
from office.models import Outbox
from tests.cast import make_customer
from tests.incidents.web.conftest import ClientFor

pytestmark = pytest.mark.django_db
URL = "/incidents/new/"


def three(**more: str) -> dict[str, str]:
    fields = {"customer": "東和工業株式会社", "summary": "請求書が届いていない", "next_contact": "today"}
    return {**fields, "idempotency": str(uuid4()), **more}


def test_three_fields_open_an_incident(cast: SimpleNamespace, client_for: ClientFor) -> None:
    answer = client_for(cast.rep).post(URL, three(), follow=True)
    incident = Incident.objects.get()
    assert answer.redirect_chain[-1][0] == f"/incidents/{incident.number}/"
    assert (incident.owner, incident.told_to, incident.kind) == (cast.rep, cast.manager, "untriaged")
    assert Promise.objects.count() == 1


def test_the_page_asks_for_three_things(cast: SimpleNamespace, client_for: ClientFor) -> None:
    page = client_for(cast.rep).get(URL).content.decode()
    before_fold = page.partition('data-draft="first-report"')[2].partition("<details")[0]
    assert before_fold.count('class="need"') == 3


def test_how_urgent_the_customer_called_it_is_kept_with_the_report(
    cast: SimpleNamespace, client_for: ClientFor
) -> None:
    client_for(cast.rep).post(URL, three(urgency_said="no_hurry"))
    assert '"urgency_said":"no_hurry"' in Submission.objects.get().text
    assert client_for(cast.rep).post(URL, three(urgency_said="nonsense")).status_code == 422
    assert Incident.objects.count() == 1


def test_a_part_of_the_name_is_enough_when_one_customer_fits(cast: SimpleNamespace, client_for: ClientFor) -> None:
    client_for(cast.rep).post(URL, three(customer="とうわ"))
    assert Incident.objects.get().customer == cast.towa


def test_several_customers_are_offered_and_nothing_is_lost(cast: SimpleNamespace, client_for: ClientFor) -> None:
    other = make_customer("C-9", "東和商事株式会社", cast.rep, kana="トウワショウジ")
    client = client_for(cast.rep)
    answer = client.post(URL, three(customer="東和"))
    assert answer.status_code == 422
    assert "請求書が届いていない" in answer.content.decode()
    assert f'name="pick" value="{other.pk}"' in answer.content.decode()
    client.post(URL, three(customer="東和", pick=str(other.pk)))
    assert Incident.objects.get().customer == other


def test_an_unknown_customer_keeps_the_text(cast: SimpleNamespace, client_for: ClientFor) -> None:
    answer = client_for(cast.rep).post(URL, three(customer="なにもない"))
    assert answer.status_code == 422
    assert "請求書が届いていない" in answer.content.decode()
    assert not Incident.objects.exists()


def test_a_missed_invoice_is_never_slight_and_the_form_says_so(cast: SimpleNamespace, client_for: ClientFor) -> None:
    answer = client_for(cast.rep).post(URL, three(kind="missed_invoice", severity="C"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "この種類の事案の重要度はB以上です。" in page
    assert '<details class="card" open' in page
    assert not Incident.objects.exists()
    client_for(cast.rep).post(URL, three(kind="missed_invoice", severity="B"))
    assert Incident.objects.get().severity == "B"


def test_a_double_tap_opens_one(cast: SimpleNamespace, client_for: ClientFor) -> None:
    client, fields = client_for(cast.rep), three()
    client.post(URL, fields)
    client.post(URL, fields)
    assert Incident.objects.count() == 1


def test_a_missing_sentence_is_said_beside_its_field(cast: SimpleNamespace, client_for: ClientFor) -> None:
    answer = client_for(cast.rep).post(URL, three(summary=""))
    assert answer.status_code == 422
    assert 'id="id_summary_error"' in answer.content.decode()


def test_a_time_must_be_named_when_one_was_promised(cast: SimpleNamespace, client_for: ClientFor) -> None:
    answer = client_for(cast.rep).post(URL, three(next_contact="time"))
    assert 'id="id_next_contact_at_error"' in answer.content.decode()
    assert not Incident.objects.exists()


def test_word_of_mouth_sends_no_mail(cast: SimpleNamespace, client_for: ClientFor) -> None:
    client_for(cast.rep).post(URL, three(by_mouth="1"))
    assert not Outbox.objects.exists()


def test_a_colleague_of_another_team_reports_and_returns_to_today(cast: SimpleNamespace, client_for: ClientFor) -> None:
    answer = client_for(cast.rep_b).post(URL, three())
    assert answer["Location"] == "/"
    assert (Incident.objects.get().owner, Incident.objects.get().created_by) == (cast.rep, cast.rep_b)


def test_the_picker_tells_name_and_owner_and_no_more(cast: SimpleNamespace, client_for: ClientFor) -> None:
    answer = client_for(cast.rep_b).get("/incidents/customers/", {"q": "東和"})
    assert answer.json() == [{"value": "東和工業株式会社", "label": "東和工業株式会社(担当 田中さん)"}]


def test_nul_is_refused(cast: SimpleNamespace, client_for: ClientFor) -> None:
    answer = client_for(cast.rep).post(URL, three(summary="a\0b"))
    assert answer.status_code == 400
    assert not Incident.objects.exists()


def test_an_auditor_only_reads(cast: SimpleNamespace, client_for: ClientFor) -> None:
    assert client_for(cast.auditor).post(URL, three()).status_code == 403
