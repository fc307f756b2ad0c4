"""The places of a customer: made, changed, chosen for a person, and hidden from strangers."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from customers.models import Site
from customers.selectors import contacts_of, site_get, sites_of
from customers.services import (
    ContactData,
    CustomerData,
    SiteData,
    contact_create,
    contact_update,
    customer_update,
    site_create,
    site_update,
)
from office.errors import Refused
from office.models import JournalRow, User
from office.viewer import viewer_for

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
WORKS = {"name": "犬山工場", "postal_code": "４８４００００", "address": "愛知県犬山市1-2", "phone": "0568-55-0150"}


@pytest.fixture
def works(cast: SimpleNamespace, at: datetime) -> Site:
    """A second place of 東和工業."""
    return site_create(customer_id=cast.towa.pk, data=SiteData(**WORKS), by=cast.rep, at=at)


@pytest.fixture
def abroad(cast: SimpleNamespace, at: datetime) -> Site:
    """A place of 北陸精機."""
    return site_create(customer_id=cast.hokuriku.pk, data=SiteData(name="小松工場"), by=cast.rep_b, at=at)


@pytest.fixture
def rep(cast: SimpleNamespace, client_for: ClientFor) -> Client:
    return client_for(cast.rep)


def new(cast: SimpleNamespace) -> str:
    return f"/customers/{cast.towa.pk}/sites/new/"


@pytest.mark.both
def test_a_site_is_made_changed_and_written_down(cast: SimpleNamespace, works: Site, at: datetime) -> None:
    assert (works.postal_code, works.tel, works.version) == ("484-0000", "0568550150", 1)
    changed = site_update(site_id=works.pk, version=1, data=SiteData(name="本社工場"), by=cast.rep2, at=at)
    assert (changed.name, changed.address, changed.version) == ("本社工場", "", 2)
    rows = JournalRow.objects.filter(about=f"customer {cast.towa.pk}").order_by("id")
    assert [(row.verb, row.actor) for row in rows] == [("Site made", cast.rep), ("Site changed", cast.rep2)]


@pytest.mark.both
def test_a_name_stands_once_at_a_customer(cast: SimpleNamespace, works: Site, at: datetime) -> None:
    other = site_create(customer_id=cast.towa.pk, data=SiteData(name="営業所"), by=cast.rep, at=at)
    twice = SiteData(name=" 犬山工場 ")
    told = "already has a site called 犬山工場"
    with pytest.raises(Refused, match=told) as made:
        site_create(customer_id=cast.towa.pk, data=twice, by=cast.rep, at=at)
    with pytest.raises(Refused, match=told) as changed:
        site_update(site_id=other.pk, version=1, data=twice, by=cast.rep, at=at)
    assert [(it.value.code, it.value.field) for it in (made, changed)] == [("conflict", "name")] * 2
    assert site_create(customer_id=cast.hokuriku.pk, data=twice, by=cast.rep_b, at=at).name == "犬山工場"
    assert site_update(site_id=works.pk, version=1, data=twice, by=cast.rep, at=at).version == 2  # its own name


@pytest.mark.parametrize(
    ("data", "code", "field"),
    [
        (SiteData(name=" "), "incomplete", "name"),
        (SiteData(name="犬山\0工場"), "invalid", "name"),
        (SiteData(name="犬山\n工場"), "invalid", "name"),
        (SiteData(name="犬山\u202e工場"), "invalid", "name"),
        (SiteData(name="工" * 121), "invalid", "name"),
        (SiteData(name="工場", address="犬山\x07市"), "invalid", "address"),
        (SiteData(name="工場", phone="1" * 41), "invalid", "phone"),
        (SiteData(name="工場", postal_code="\0"), "invalid", "postal_code"),
    ],
)
def test_what_cannot_be_stored_is_refused(
    cast: SimpleNamespace, at: datetime, data: SiteData, code: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        site_create(customer_id=cast.towa.pk, data=data, by=cast.rep, at=at)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Site.objects.exists()
    assert not JournalRow.objects.filter(verb="Site made").exists()


def test_what_never_existed_is_not_found(cast: SimpleNamespace, at: datetime) -> None:
    data = SiteData(name="工場")
    with pytest.raises(Refused) as made:
        site_create(customer_id=999_999, data=data, by=cast.rep, at=at)
    with pytest.raises(Refused) as changed:
        site_update(site_id=999_999, version=1, data=data, by=cast.rep, at=at)
    assert [it.value.code for it in (made, changed)] == ["not_found"] * 2


def test_a_foreign_site_answers_like_one_that_never_existed(
    cast: SimpleNamespace, abroad: Site, rep: Client, at: datetime
) -> None:
    sentences = set()
    for pk in (abroad.pk, 999_999):
        with pytest.raises(Refused) as refused:
            site_get(viewer_for(cast.rep, at), pk)
        sentences.add((refused.value.code, str(refused.value)))
        assert rep.get(f"/customers/sites/{pk}/").status_code == 404
        assert rep.post(f"/customers/sites/{pk}/", {"name": "x", "version": 1}).status_code == 404
    assert len(sentences) == 1
    assert rep.post(f"/customers/{cast.hokuriku.pk}/sites/new/", WORKS | {"version": 0}).status_code == 404
    assert [*sites_of(cast.hokuriku.pk).values_list("name", flat=True)] == ["小松工場"]


@pytest.mark.both
def test_a_customer_is_found_by_its_sites(cast: SimpleNamespace, works: Site, rep: Client, at: datetime) -> None:
    data = CustomerData(name=cast.towa.name, owner_id=cast.rep.pk)
    customer_update(customer_id=cast.towa.pk, version=1, data=data, by=cast.rep, at=at)
    for query in ("犬山工場", "0568550150", "岡本"):
        assert "東和工業様" in rep.get("/customers/", {"q": query}).content.decode()
    site_update(site_id=works.pk, version=1, data=SiteData(name="春日井工場"), by=cast.rep, at=at)
    assert "東和工業様" not in rep.get("/customers/", {"q": "犬山"}).content.decode()


def test_a_double_tap_makes_one_site(cast: SimpleNamespace, rep: Client) -> None:
    assert rep.post(new(cast), WORKS | {"version": 0}).status_code == 302
    page = rep.post(new(cast), WORKS | {"version": 0})
    assert page.context["form"].errors["name"] == ["このお客様には「犬山工場」という拠点が既にあります。"]
    assert "愛知県犬山市1-2" in page.content.decode()  # nothing typed is lost
    assert sites_of(cast.towa.pk).count() == 1


def test_nobody_saves_over_a_site_he_has_not_seen(works: Site, rep: Client) -> None:
    path = f"/customers/sites/{works.pk}/"
    assert rep.get(path).context["form"]["version"].value() == 1
    assert rep.post(path, WORKS | {"phone": "052-1", "version": 1}).status_code == 302
    page = rep.post(path, WORKS | {"phone": "052-2", "version": 1})
    assert page.context["form"].non_field_errors()
    assert "052-2" in page.content.decode()
    works.refresh_from_db()
    assert works.phone == "052-1"


def test_a_null_character_is_told_beside_its_field(cast: SimpleNamespace, rep: Client) -> None:
    page = rep.post(new(cast), WORKS | {"name": "犬山\0", "version": 0})
    assert page.status_code in (200, 400)
    assert not Site.objects.exists()


def test_the_customer_page_shows_address_map_and_telephone(cast: SimpleNamespace, works: Site, rep: Client) -> None:
    page = rep.get(f"/customers/{cast.towa.pk}/").content.decode()
    for text in ("犬山工場", 'href="geo:0,0?q=%E6%84%9B%E7%9F%A5', "tel:0568550150", f"/sites/{works.pk}/", new(cast)):
        assert text in page


def test_who_does_not_keep_the_cards_only_reads(cast: SimpleNamespace, works: Site, client_for: ClientFor) -> None:
    page = client_for(cast.auditor).get(f"/customers/{cast.towa.pk}/").content.decode()
    assert "犬山工場" in page
    for path in (f"/customers/sites/{works.pk}/", new(cast)):
        assert path not in page
        assert client_for(cast.tech).post(path, WORKS).status_code == 403


def test_a_contact_is_put_at_a_site_and_taken_off(
    cast: SimpleNamespace, works: Site, abroad: Site, rep: Client
) -> None:
    path, values = f"/customers/contacts/{cast.okamoto.pk}/", {"surname": "岡本", "version": 1}
    assert rep.post(path, values | {"site": works.pk}).status_code == 302
    assert rep.get(path).context["form"]["site"].value() == works.pk
    assert "犬山工場" in rep.get(f"/customers/{cast.towa.pk}/").content.decode().split('id="h-people"')[1]
    assert "site" in rep.post(path, values | {"site": abroad.pk, "version": 2}).context["form"].errors
    assert rep.post(path, values | {"site": "", "version": 2}).status_code == 302
    cast.okamoto.refresh_from_db()
    assert cast.okamoto.site is None


@pytest.mark.parametrize("never", [True, False])
def test_a_site_of_another_firm_is_refused(cast: SimpleNamespace, abroad: Site, at: datetime, never: bool) -> None:
    data = ContactData(surname="大西", site_id=999_999 if never else abroad.pk)
    with pytest.raises(Refused) as made:
        contact_create(customer_id=cast.towa.pk, data=data, by=cast.rep, at=at)
    with pytest.raises(Refused) as changed:
        contact_update(contact_id=cast.okamoto.pk, version=1, data=data, by=cast.rep, at=at)
    assert [(it.value.code, it.value.field) for it in (made, changed)] == [("not_found", "site")] * 2
    assert not contacts_of(cast.towa.pk).filter(surname="大西").exists()
