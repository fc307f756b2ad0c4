"""The pages of customers and promises: what their people see, and what strangers do not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Call, Contact, Customer, Promise
from customers.services import (
    ContactData,
    NewPromise,
    care_hold_drop,
    care_hold_put,
    contact_update,
    promise_make,
)
from office import clock
from office.errors import Refused
from office.models import User
from tests.cast import make_customer
from tests.job import Job

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
KEY = "7f3f1a52-5d39-4d0c-9f0a-3f4f0a8f5a11"


def promised(cast: SimpleNamespace, source: str = "visit:1") -> Promise:
    new = NewPromise(source=source, what="再発防止策の中間報告", to_contact_id=cast.okamoto.pk)
    return promise_make(customer=cast.towa, new=new, by=cast.rep, at=clock.now())


@pytest.fixture
def rep(cast: SimpleNamespace, client_for: ClientFor) -> Client:
    return client_for(cast.rep)


@pytest.fixture
def stranger(cast: SimpleNamespace, client_for: ClientFor) -> Client:
    return client_for(cast.rep_b)


@pytest.mark.parametrize(
    "query",
    [
        "東和",
        "㈱東和工業",
        "トウワ",
        "とうわ",
        "ﾄｳﾜ",
        "０５６８－５５",
        "0568550100",
        "+81 568-55-0100",
        "C-0001",
        "岡本",
    ],
)
def test_a_customer_is_found_however_it_is_typed(rep: Client, query: str) -> None:
    assert "東和工業様" in rep.get("/customers/", {"q": query}).content.decode()


@pytest.mark.parametrize(
    ("stored", "typed"), [("髙﨑製作所", "高崎"), ("高崎製作所", "髙﨑"), ("𠮷田渡邉商店", "吉田渡辺")]
)
def test_old_characters_are_found_by_everyday_ones(cast: SimpleNamespace, rep: Client, stored: str, typed: str) -> None:
    make_customer("V-1", stored, cast.rep)
    assert stored in rep.get("/customers/", {"q": typed}).content.decode()


def test_the_list_holds_only_ones_own_and_the_teams(rep: Client, stranger: Client) -> None:
    assert "北陸精機" not in rep.get("/customers/").content.decode()
    assert "東和工業" not in stranger.get("/customers/").content.decode()


def test_a_foreign_customer_answers_like_one_that_never_existed(cast: SimpleNamespace, stranger: Client) -> None:
    promise = promised(cast)
    pairs = [
        ("/customers/{}/", cast.towa.pk),
        ("/customers/{}/edit/", cast.towa.pk),
        ("/customers/{}/contacts/new/", cast.towa.pk),
        ("/customers/{}/sites/new/", cast.towa.pk),
        ("/customers/{}/calls/new/", cast.towa.pk),
        ("/customers/{}/promises/new/", cast.towa.pk),
        ("/customers/contacts/{}/", cast.okamoto.pk),
        ("/customers/promises/{}/", promise.pk),
    ]
    for path, pk in pairs:
        foreign, never = stranger.get(path.format(pk)), stranger.get(path.format(999_999))
        assert (foreign.status_code, never.status_code) == (404, 404), path
    for act in ("agree", "keep", "reschedule", "break"):
        assert stranger.post(f"/customers/promises/{promise.pk}/{act}/").status_code == 404


def test_the_customer_page_shows_people_promises_and_care(cast: SimpleNamespace, rep: Client) -> None:
    Contact.objects.filter(pk=cast.okamoto.pk).update(sore_points="時間厳守\n結論から")
    promised(cast)
    care_hold_put(cast.towa.pk, "incident:1")
    care_hold_put(cast.towa.pk, "incident:2")
    page = rep.get(f"/customers/{cast.towa.pk}/").content.decode()
    for text in ("専務取締役 岡本様", "時間厳守", "tel:0568550190", "再発防止策の中間報告", "配慮中"):
        assert text in page
    care_hold_drop("incident:1")
    assert "配慮中" in rep.get(f"/customers/{cast.towa.pk}/").content.decode()
    care_hold_drop("incident:2")
    assert "配慮中" not in rep.get(f"/customers/{cast.towa.pk}/").content.decode()


def test_how_somebody_wants_to_be_met_stands_on_their_card(cast: SimpleNamespace, rep: Client) -> None:
    path = f"/customers/contacts/{cast.okamoto.pk}/"
    assert "お話の伺い方" in rep.get(path).content.decode()
    typed = {"surname": "岡本", "rank": "専務取締役", "listening": "speak", "version": 1}
    assert rep.post(path, typed).status_code == 302
    assert "まずお話を伺う" in rep.get(f"/customers/{cast.towa.pk}/").content.decode()
    odd = rep.post(path, {**typed, "listening": "shout", "version": 2})
    assert odd.context["form"].errors["listening"]
    assert Contact.objects.get(pk=cast.okamoto.pk).listening == "speak"


def test_a_service_takes_no_way_that_is_not_on_the_list(cast: SimpleNamespace, at: datetime) -> None:
    data = ContactData(surname="岡本", listening="shout")
    with pytest.raises(Refused) as refused:
        contact_update(contact_id=cast.okamoto.pk, version=1, data=data, by=cast.rep, at=at)
    assert (refused.value.code, refused.value.field) == ("invalid", "listening")


def test_names_are_kept_exactly_as_typed(cast: SimpleNamespace, rep: Client) -> None:
    name = "㈱髙﨑𠮷邉"
    values = {
        "code": "N-1",
        "name": name,
        "kana": "ﾀｶｻｷ",
        "owner": cast.rep.pk,
        "version": 0,
        "postal_code": "４８５００４１",
    }
    assert rep.post("/customers/new/", values).status_code == 302
    made = Customer.objects.get(code="N-1")
    assert (made.name, made.kana, made.postal_code) == (name, "タカサキ", "485-0041")
    assert "髙﨑𠮷邉様" in rep.get(f"/customers/{made.pk}/").content.decode()


def test_a_code_in_use_is_told_beside_its_field(cast: SimpleNamespace, rep: Client) -> None:
    page = rep.post("/customers/new/", {"code": "C-0001", "name": "別", "owner": cast.rep.pk, "version": 0})
    assert page.context["form"].errors["code"]


def test_a_null_character_is_refused(cast: SimpleNamespace, rep: Client) -> None:
    page = rep.post("/customers/new/", {"code": "N-1", "name": "東和\0工業", "owner": cast.rep.pk, "version": 0})
    assert page.status_code in (200, 400)
    assert not Customer.objects.filter(code="N-1").exists()


def test_what_turns_the_writing_around_is_refused(cast: SimpleNamespace, rep: Client) -> None:
    page = rep.post("/customers/new/", {"code": "N-1", "name": "東和\u202e工業", "owner": cast.rep.pk, "version": 0})
    assert "name" in page.context["form"].errors
    assert not Customer.objects.filter(code="N-1").exists()


def test_nobody_saves_over_a_page_he_has_not_seen(cast: SimpleNamespace, rep: Client) -> None:
    values = {"name": "東和工業株式会社", "owner": cast.rep.pk, "version": 1, "phone": "052-1"}
    assert rep.post(f"/customers/{cast.towa.pk}/edit/", values).status_code == 302
    page = rep.post(f"/customers/{cast.towa.pk}/edit/", values | {"phone": "052-2"})
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()
    assert "052-2" in page.content.decode()  # nothing typed is lost
    cast.towa.refresh_from_db()
    assert cast.towa.phone == "052-1"


def test_a_new_contact_makes_the_customer_findable(cast: SimpleNamespace, rep: Client) -> None:
    values = {"surname": "渡邉", "mobile": "090-1234-5678", "version": 0}
    assert rep.post(f"/customers/{cast.towa.pk}/contacts/new/", values).status_code == 302
    for query in ("渡辺", "09012345678"):
        assert "東和工業様" in rep.get("/customers/", {"q": query}).content.decode()


def test_who_has_left_is_off_the_list(cast: SimpleNamespace, rep: Client) -> None:
    values = {"surname": "岡本", "given_name": "隆一", "version": 1, "left_on": "2026-10-31"}
    assert rep.post(f"/customers/contacts/{cast.okamoto.pk}/", values).status_code == 302
    assert "岡本" not in rep.get(f"/customers/{cast.towa.pk}/").content.decode()


def test_a_call_is_recorded_in_one_tap_and_once(cast: SimpleNamespace, rep: Client) -> None:
    values = {"outcome": "reached", "contact": cast.okamoto.pk, "idempotency": KEY}
    for _tap in range(2):
        assert rep.post(f"/customers/{cast.towa.pk}/calls/new/", values).status_code == 302
    assert [(c.outcome, c.contact, c.by) for c in Call.objects.all()] == [("reached", cast.okamoto, cast.rep)]


def test_a_promise_is_made_agreed_and_kept_on_its_pages(cast: SimpleNamespace, rep: Client) -> None:
    values = {"what": "10/14納品分の再請求", "kind": "request", "to_contact": cast.ogawa.pk, "idempotency": KEY}
    there, number = f"/customers/{cast.towa.pk}/promises/new/", Job(cast, clock.now()).number
    assert rep.post(f"{there}?number=1999-0001", values).status_code == 404
    assert rep.post(f"{there}?number={number}", values).status_code == 302
    promise = Promise.objects.get(source__startswith="hand:")
    assert (promise.number, promise.to_contact, promise.agreed) == (number, cast.ogawa, False)
    by = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    assert rep.post(f"/customers/promises/{promise.pk}/agree/", {"answer_by": by}).status_code == 302
    empty = rep.post(f"/customers/promises/{promise.pk}/keep/", {"evidence": ""})
    assert (empty.status_code, "evidence" in empty.context["forms"]["keep"].errors) == (422, True)
    back = rep.post(f"/customers/promises/{promise.pk}/keep/?next=/customers/promises/", {"evidence": "お渡し済み"})
    assert back.headers["Location"] == "/customers/promises/"
    assert "お渡し済み" in rep.get(f"/customers/promises/{promise.pk}/").content.decode()


def test_the_way_back_stays_on_our_host(cast: SimpleNamespace, rep: Client) -> None:
    promise = promised(cast)
    path = f"/customers/promises/{promise.pk}/break/?next=https://elsewhere.example/"
    assert rep.post(path, {"reason": "部品の遅れ"}).headers["Location"] == f"/customers/{cast.towa.pk}/"


def test_the_ledger_is_narrowed_by_its_address(cast: SimpleNamespace, rep: Client) -> None:
    promise = promised(cast)
    assert promise.what in rep.get("/customers/promises/").content.decode()
    for query in ("?state=late", "?state=ended", "?number=2026-9999", "?q=北陸", "?who=me&state=ended"):
        assert promise.what not in rep.get("/customers/promises/" + query).content.decode()
    for query in ("?who=me", "?q=トウワ", "?q=中間"):
        assert promise.what in rep.get("/customers/promises/" + query).content.decode()


def test_an_auditor_reads_and_does_nothing(cast: SimpleNamespace, client_for: ClientFor) -> None:
    auditor, promise = client_for(cast.auditor), promised(cast)
    page = auditor.get(f"/customers/promises/{promise.pk}/")
    assert page.status_code == 200
    assert "<form" not in page.content.decode().split('id="main"')[1].split("</main>")[0]
    assert auditor.post(f"/customers/promises/{promise.pk}/keep/", {"evidence": "x"}).status_code == 403


def test_names_for_anybody_tell_name_and_owner_only(cast: SimpleNamespace, stranger: Client) -> None:
    assert stranger.get("/customers/names/", {"q": "東和"}).json() == [
        {"value": "C-0001", "label": f"東和工業株式会社 ({cast.rep.surname})"}
    ]


def test_a_file_is_tried_then_imported(cast: SimpleNamespace, client_for: ClientFor) -> None:
    clerk, text = client_for(cast.billing), "お客様コード,会社名,営業担当\nK-1,㈱みなと,rep\n"

    def send(**values: str) -> str:
        file = SimpleUploadedFile("k.csv", text.encode("cp932"))
        return clerk.post("/customers/import/", {"file": file, **values}).content.decode()

    assert "㈱みなと" in send()
    assert not Customer.objects.filter(code="K-1").exists()
    send(**{"import": "1"})
    assert Customer.objects.get(code="K-1").owner == cast.rep
    assert client_for(cast.rep).get("/customers/import/").status_code == 403
    assert clerk.get("/customers/import/sample.csv").content.decode().startswith("\ufeffお客様コード,会社名,")


def test_a_list_costs_the_same_for_many(cast: SimpleNamespace, rep: Client) -> None:
    def cost(path: str) -> int:
        rep.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert rep.get(path).status_code == 200
        return len(queries)

    paths = ["/customers/", "/customers/promises/", f"/customers/{cast.towa.pk}/"]
    promised(cast)
    few = [cost(path) for path in paths]
    for n in range(20):
        make_customer(f"Q-{n}", f"第{n}工業", cast.rep)
        promised(cast, f"visit:{n}")
    assert [cost(path) for path in paths] == few
    assert max(few) <= 16


def test_one_tap_on_the_row_says_that_the_customer_asked_again(
    cast: SimpleNamespace, rep: Client, client_for: ClientFor
) -> None:
    promise, key = promised(cast), "0d3c4c7e-6f43-4d3b-8a55-1b0c1d7c9f10"
    chase = f"/customers/promises/{promise.pk}/chase/"
    for there in ("/customers/promises/", f"/customers/{cast.towa.pk}/", f"/customers/promises/{promise.pk}/"):
        assert chase in rep.get(there).content.decode()
        assert rep.post(f"{chase}?next={there}", {"idempotency": key}).headers["Location"] == there
        assert "お客様からの催促" in rep.get(there).content.decode()
    assert promise.chases.count() == 1
    assert promise.what in rep.get("/customers/promises/?state=chased").content.decode()
    assert chase not in client_for(cast.auditor).get("/customers/promises/").content.decode()
    rep.post(f"/customers/promises/{promise.pk}/keep/", {"evidence": "済み"})
    late = rep.post(chase, {"idempotency": "0d3c4c7e-6f43-4d3b-8a55-1b0c1d7c9f11"})
    assert (late.status_code, "記録を終えています" in late.content.decode()) == (422, True)
    page = rep.get("/customers/promises/?state=ended").content.decode()
    assert "0%(1件のうち0件)" in page
    assert "ほかに催促の後 1件" in page
