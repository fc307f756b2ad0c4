"""Customers, promises, invoices and imports for programs: the same services, the same walls."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.models import Contact, Customer, Promise
from office import clock
from office.models import User
from office.services import token_create

pytestmark = pytest.mark.django_db
Api = Callable[..., Any]


@pytest.fixture
def api(cast: SimpleNamespace) -> Api:
    """Call an address of the API as somebody; returns the response."""
    tokens: dict[int, str] = {}

    def call(user: User, method: str, path: str, data: Any = None) -> Any:
        token = tokens.setdefault(user.pk, "") or token_create(user=user, at=clock.now())
        tokens[user.pk] = token
        headers = {"Authorization": f"Bearer {token}"}
        kind = {} if data is None else {"data": data, "content_type": "application/json"}
        return getattr(Client(), method)(f"/api/v1{path}", headers=headers, **kind)

    return call


def test_the_list_holds_id_code_name_and_owner(cast: SimpleNamespace, api: Api) -> None:
    row = {"id": cast.towa.pk, "code": "C-0001", "name": "東和工業株式会社", "owner": "rep"}
    assert api(cast.rep, "get", "/customers").json() == [row]
    assert api(cast.rep, "get", "/customers?q=とうわ").json() == [row]
    assert api(cast.rep, "get", "/customers?q=北陸").json() == []
    assert len(api(cast.billing, "get", "/customers").json()) == 2


def test_a_customer_is_read_made_and_changed(cast: SimpleNamespace, api: Api) -> None:
    found = api(cast.rep, "get", f"/customers/{cast.towa.pk}").json()
    assert [c["surname"] for c in found["contacts"]] == ["岡本", "小川"]
    made = api(cast.rep, "post", "/customers", {"code": "N-1", "name": "㈱髙﨑", "owner_id": cast.rep.pk})
    assert made.status_code == 201
    body = {"name": "㈱髙﨑𠮷", "owner_id": cast.rep.pk, "version": made.json()["version"]}
    path = f"/customers/{made.json()['id']}"
    assert api(cast.rep, "put", path, body).json()["name"] == "㈱髙﨑𠮷"
    stale = api(cast.rep, "put", path, body)
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    again = api(cast.rep, "post", "/customers", {"code": "N-1", "name": "別", "owner_id": cast.rep.pk})
    assert again.status_code == 409


@pytest.mark.parametrize("field", ["owner_id", "deputy_id", "liaison_id"])
def test_people_who_do_not_exist_look_after_nobody(cast: SimpleNamespace, api: Api, field: str) -> None:
    found = api(cast.rep, "get", f"/customers/{cast.towa.pk}").json()
    known = {name: found[name] for name in ("name", "owner_id", "deputy_id", "liaison_id", "version")}
    refused = api(cast.rep, "put", f"/customers/{cast.towa.pk}", known | {field: 999_999})
    assert refused.status_code == 400
    assert refused.json()["message"] == "番号999999の社員は登録されていません。"
    new = {"code": "N-9", "name": "新", "owner_id": cast.rep.pk} | {field: 999_999}
    assert api(cast.rep, "post", "/customers", new).status_code == 400
    assert Customer.objects.count() == 2


def test_a_contact_is_added_and_changed(cast: SimpleNamespace, api: Api) -> None:
    path = f"/customers/{cast.towa.pk}/contacts"
    made = api(cast.rep, "post", path, {"surname": "大西", "rank": "工場長"}).json()
    changed = api(cast.rep, "put", f"/customers/contacts/{made['id']}", made | {"rank": "取締役工場長"})
    assert changed.json()["rank"] == "取締役工場長"
    assert len(api(cast.rep, "get", path).json()) == 3


def test_a_site_is_added_changed_and_read(cast: SimpleNamespace, api: Api) -> None:
    path = f"/customers/{cast.towa.pk}/sites"
    made = api(cast.rep, "post", path, {"name": "犬山工場", "postal_code": "4840000", "phone": "0568-55-0150"})
    assert (made.status_code, made.json()["postal_code"], made.json()["version"]) == (201, "484-0000", 1)
    body = made.json() | {"address": "愛知県犬山市1-2"}
    changed = api(cast.rep, "put", f"/customers/sites/{body['id']}", body).json()
    assert (changed["address"], changed["version"]) == ("愛知県犬山市1-2", 2)
    assert api(cast.rep, "get", path).json() == [changed]
    assert api(cast.rep, "get", f"/customers/{cast.towa.pk}").json()["sites"] == [changed]
    stale = api(cast.rep, "put", f"/customers/sites/{body['id']}", body)
    twice = api(cast.rep, "post", path, {"name": "犬山工場"})
    assert [(r.status_code, r.json()["code"]) for r in (stale, twice)] == [(409, "conflict")] * 2
    assert api(cast.rep, "post", path, {"name": ""}).status_code == 422
    assert api(cast.rep, "post", path, {"name": "犬\0山"}).status_code == 400
    assert api(cast.tech, "post", path, {"name": "営業所"}).status_code == 403


def test_a_contact_says_at_which_site(cast: SimpleNamespace, api: Api) -> None:
    site, foreign = (
        api(user, "post", f"/customers/{firm.pk}/sites", {"name": "工場"}).json()["id"]
        for user, firm in ((cast.rep, cast.towa), (cast.rep_b, cast.hokuriku))
    )
    people = f"/customers/{cast.towa.pk}/contacts"
    made = api(cast.rep, "post", people, {"surname": "大西", "site": site}).json()
    path = f"/customers/contacts/{made['id']}"
    kept = api(cast.rep, "put", path, {"surname": "大西", "version": 1}).json()
    gone = api(cast.rep, "put", path, {"surname": "大西", "version": 2, "site": None}).json()
    assert (made["site"], kept["site"], gone["site"]) == (site, site, None)
    never = api(cast.rep, "put", path, {"surname": "大西", "version": 3, "site": 999_999})
    theirs = api(cast.rep, "put", path, {"surname": "大西", "version": 3, "site": foreign})
    assert (theirs.status_code, theirs.json()) == (404, never.json())
    assert api(cast.rep, "post", people, {"surname": "小西", "site": foreign}).status_code == 404


def test_a_contact_says_how_to_be_met(cast: SimpleNamespace, api: Api) -> None:
    people = f"/customers/{cast.towa.pk}/contacts"
    made = api(cast.rep, "post", people, {"surname": "大西", "listening": "speak"}).json()
    path = f"/customers/contacts/{made['id']}"
    kept = api(cast.rep, "put", path, {"surname": "大西", "version": 1}).json()
    cleared = api(cast.rep, "put", path, {"surname": "大西", "version": 2, "listening": ""}).json()
    assert (made["listening"], kept["listening"], cleared["listening"]) == ("speak", "speak", "")
    odd = api(cast.rep, "put", path, {"surname": "大西", "version": 3, "listening": "shout"})
    assert odd.status_code == 400
    assert Contact.objects.get(pk=made["id"]).version == 3


def test_nul_is_refused_with_a_sentence(cast: SimpleNamespace, api: Api) -> None:
    refused = api(cast.rep, "post", f"/customers/{cast.towa.pk}/contacts", {"surname": "大\0西"})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
    assert Contact.objects.filter(customer=cast.towa).count() == 2


def test_the_life_of_a_promise(cast: SimpleNamespace, api: Api) -> None:
    by = (clock.now() + timedelta(days=9)).isoformat()
    body = {"customer": cast.towa.pk, "what": "中間報告", "idempotency_key": "a", "to_contact": cast.okamoto.pk}
    first = api(cast.rep, "post", "/promises", body)
    assert first.status_code == 201
    assert api(cast.rep, "post", "/promises", body).json()["id"] == first.json()["id"]
    path = f"/promises/{first.json()['id']}"
    assert api(cast.rep, "post", path + "/agree", {}).json()["agreed"]
    moved = api(cast.rep, "post", path + "/reschedule", {"answer_by": by, "agreement": "岡本様 お電話"}).json()
    assert (moved["replaces"], moved["agreed"]) == (first.json()["id"], True)
    empty = api(cast.rep, "post", f"/promises/{moved['id']}/keep", {"evidence": ""})
    assert (empty.status_code, empty.json()["code"]) == (422, "incomplete")
    assert api(cast.rep, "post", f"/promises/{moved['id']}/keep", {"evidence": "済"}).json()["state"] == "kept"
    ended = api(cast.rep, "post", f"/promises/{moved['id']}/break", {"reason": "x"})
    assert ended.status_code == 409
    assert [p["state"] for p in api(cast.rep, "get", "/promises?state=kept").json()] == ["kept"]


def test_a_promise_is_asked_for_again_once_for_each_key(cast: SimpleNamespace, api: Api) -> None:
    made = api(cast.rep, "post", "/promises", {"customer": cast.towa.pk, "what": "x", "idempotency_key": "a"}).json()
    assert (made["chased_at"], made["waits"]) == (None, False)
    path = f"/promises/{made['id']}/chase"
    first, again = (api(cast.rep2, "post", path, {"idempotency_key": "k"}).json() for _time in range(2))
    assert first["waits"]
    assert first["chased_at"] == again["chased_at"]
    assert Promise.objects.get().chases.count() == 1
    assert api(cast.rep_b, "post", path, {"idempotency_key": "z"}).status_code == 404
    assert api(cast.auditor, "post", path, {"idempotency_key": "z"}).status_code == 403
    assert api(cast.rep, "post", path, {}).status_code == 400
    api(cast.rep, "post", f"/promises/{made['id']}/keep", {"evidence": "済"})
    assert api(cast.rep, "post", path, {"idempotency_key": "z"}).status_code == 409


def test_a_tap_by_mistake_is_taken_back_by_whoever_tapped(cast: SimpleNamespace, api: Api) -> None:
    made = api(cast.rep, "post", "/promises", {"customer": cast.towa.pk, "what": "x", "idempotency_key": "a"}).json()
    path = f"/promises/{made['id']}/chase"
    api(cast.rep2, "post", path, {"idempotency_key": "k"})
    refused = api(cast.rep, "post", f"{path}/undo", {"idempotency_key": "z"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    for _time in range(2):
        undone = api(cast.rep2, "post", f"{path}/undo", {"idempotency_key": "u"}).json()
        assert (undone["chased_at"], undone["waits"]) == (None, False)
    assert api(cast.rep2, "post", f"{path}/undo", {"idempotency_key": "v"}).status_code == 409
    assert api(cast.rep_b, "post", f"{path}/undo", {"idempotency_key": "z"}).status_code == 404
    assert api(cast.rep, "post", f"{path}/undo", {}).status_code == 400


def test_a_contact_of_another_firm_is_not_found(cast: SimpleNamespace, api: Api) -> None:
    theirs = cast.hokuriku.contacts.get().pk
    body = {"customer": cast.towa.pk, "what": "x", "idempotency_key": "a", "to_contact": theirs}
    assert api(cast.billing, "post", "/promises", body).status_code == 404
    assert not Promise.objects.exists()


def test_foreign_ids_answer_like_never_existing_ones(cast: SimpleNamespace, api: Api) -> None:
    promise = api(cast.rep, "post", "/promises", {"customer": cast.towa.pk, "what": "x", "idempotency_key": "a"}).json()
    site = api(cast.rep, "post", f"/customers/{cast.towa.pk}/sites", {"name": "工場"}).json()
    for path, pk in (
        ("/customers/{}", cast.towa.pk),
        ("/customers/{}/contacts", cast.towa.pk),
        ("/customers/{}/sites", cast.towa.pk),
        ("/promises/{}", promise["id"]),
    ):
        foreign, never = (api(cast.rep_b, "get", path.format(key)) for key in (pk, 999_999))
        assert (foreign.status_code, foreign.json()) == (404, never.json())
    post = api(cast.rep_b, "post", f"/promises/{promise['id']}/keep", {"evidence": "x"})
    assert post.status_code == 404
    for pk in (site["id"], 999_999):
        assert api(cast.rep_b, "put", f"/customers/sites/{pk}", site).status_code == 404
    assert api(cast.rep_b, "post", f"/customers/{cast.towa.pk}/sites", {"name": "x"}).status_code == 404


def test_an_invoice_is_made_issued_and_paid(cast: SimpleNamespace, api: Api) -> None:
    parts = [{"kind": "deposit", "percent": 30}, {"kind": "final", "percent": 70}]
    body = {"customer": cast.towa.pk, "subject": "一式", "net": 1000, "tax": 100, "number": "INV-1", "parts": parts}
    made = api(cast.billing, "post", "/invoices", body | {"delivered_on": "2026-10-10"})
    assert (made.status_code, [p["amount"] for p in made.json()["instalments"]]) == (201, [330, 770])
    money = {"amount": 330, "received_on": "2026-10-30", "idempotency_key": "p"}
    assert api(cast.billing, "post", "/invoices/INV-1/payments", money).status_code == 409
    assert api(cast.billing, "post", "/invoices/INV-1/issue").status_code == 409
    assert api(cast.billing2, "post", "/invoices/check", [{"number": "INV-1", "version": 1}]).status_code == 200
    assert api(cast.billing, "post", "/invoices/INV-1/issue").json()["state"] == "issued"
    for _time in range(2):
        assert api(cast.billing, "post", "/invoices/INV-1/payments", money).status_code == 201
    assert api(cast.rep, "get", "/invoices").json()[0]["paid"] == 330
    assert api(cast.rep_b, "get", "/invoices/INV-1").status_code == 404
    assert api(cast.rep, "post", "/invoices", body).status_code == 403


def test_terms_are_set(cast: SimpleNamespace, api: Api) -> None:
    body = {"closing_day": 20, "pay_month_offset": 2, "pay_day": 10, "shift": "after", "thank_you": "none"}
    assert api(cast.billing, "put", f"/terms/{cast.towa.pk}", body).json() == body | {
        "way": "transfer",
        "fee": "",
        "method": "",
        "inclusive": False,
    }
    assert api(cast.billing, "put", f"/terms/{cast.towa.pk}", body | {"pay_day": 31}).status_code == 400


def test_a_file_is_imported(cast: SimpleNamespace) -> None:
    headers = {"Authorization": f"Bearer {token_create(user=cast.billing, at=clock.now())}"}

    def send(text: str, **data: Any) -> Any:
        file = SimpleUploadedFile("k.csv", text.encode("cp932"))
        return Client().post("/api/v1/imports/customers", {"file": file, **data}, headers=headers)

    text = "お客様コード,会社名,営業担当\nK-1,㈱みなと,rep\n"
    tried = send(text, dry_run="true").json()
    assert (tried["done"], tried["counts"][0]["created"]) == (False, 1)
    assert send(text).json()["done"]
    assert send(text).json()["counts"][0]["unchanged"] == 1
    broken = send(text + "K-2,,nobody\n")
    assert (broken.status_code, broken.json()["errors"][0]["line"]) == (400, 3)
    assert Customer.objects.filter(code__startswith="K-").count() == 1
