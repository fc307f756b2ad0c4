"""Customers, their people, sites and calls for programs: the same services as the pages."""

from datetime import date
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import AwareDatetime

from customers.models import Call, Contact, Customer, Site
from customers.selectors import (
    NOT_FOUND,
    contact_get,
    contacts_of,
    customer_get,
    customers_visible,
    number_checked,
    site_get,
    sites_of,
)
from customers.services import (
    ContactData,
    CustomerData,
    SiteData,
    call_record,
    contact_create,
    contact_update,
    customer_ban,
    customer_ban_lift,
    customer_create,
    customer_update,
    reading_note,
    site_create,
    site_update,
)
from office.errors import Refused
from office.http import viewer_of
from office.keys import Offset
from office.schema import Body
from office.viewer import Viewer

router = Router(tags=["customers"])
LIMIT = 1_000  # rows in one answer


class CustomerOut(Schema):
    """A customer in a list; `owner` is a log-in name."""

    id: int
    code: str
    name: str
    owner: str = Field(alias="owner.username")


class SiteOut(Schema):
    """A place of a customer."""

    id: int
    name: str
    postal_code: str
    address: str
    phone: str
    version: int


class ContactOut(Schema):
    """A person at a customer; `site` is the id of the place where they sit."""

    id: int
    site: int | None = Field(alias="site_id")
    surname: str
    given_name: str
    surname_kana: str
    given_kana: str
    department: str
    rank: str
    phone: str
    mobile: str
    email: str
    sore_points: str
    listening: str
    decides: bool
    left_on: date | None
    version: int


class CustomerDetail(CustomerOut):
    """A customer with its people and sites. banned_at, banned_by, banned_number: since when they want no visits of
    ours, who entered it, and the incident in which they said so (last); null while they take visits."""

    kana: str
    postal_code: str
    address: str
    phone: str
    owner_id: int
    deputy_id: int | None
    liaison_id: int | None
    gift_refused: bool
    weight: str
    in_care: bool
    banned_at: AwareDatetime | None
    banned_by: str | None
    banned_number: str
    version: int
    contacts: list[ContactOut]
    sites: list[SiteOut]

    @staticmethod
    def resolve_banned_by(customer: Customer) -> str | None:
        """The log-in name of whoever entered it."""
        return customer.banned_by.username if customer.banned_by else None

    @staticmethod
    def resolve_contacts(customer: Customer) -> QuerySet[Contact]:
        """Those who have not left."""
        return contacts_of(customer.pk)

    @staticmethod
    def resolve_sites(customer: Customer) -> QuerySet[Site]:
        """Every place, as they were added."""
        return sites_of(customer.pk)


class CustomerIn(Body):
    """What can be said about a customer; people by id."""

    name: str
    owner_id: int
    kana: str = ""
    postal_code: str = ""
    address: str = ""
    phone: str = ""
    deputy_id: int | None = None
    liaison_id: int | None = None
    gift_refused: bool = False
    weight: Literal["", "A", "B", "C"] = ""  # the account's standing: key, standard, occasional; unset: standard


class NewCustomer(CustomerIn):
    """A new customer."""

    code: str


class ChangedCustomer(CustomerIn):
    """A customer as it shall be; `version` is the one that was read."""

    version: int


class ContactIn(Body):
    """What can be said about a person; sore points one per line, `site` the id of a place of the same customer."""

    surname: str
    given_name: str = ""
    surname_kana: str = ""
    given_kana: str = ""
    department: str = ""
    rank: str = ""
    phone: str = ""
    mobile: str = ""
    email: str = ""
    sore_points: str = ""
    listening: Literal["", "speak", "fast"] = ""  # how they want to be met: let them speak, put it right fast
    decides: bool = False
    left_on: date | None = None
    site: int | None = None


class ChangedContact(ContactIn):
    """A person as they shall be; `version` is the one that was read. Left out, `site` and `listening` stay."""

    version: int


class SiteIn(Body):
    """What can be said about a place; no two of a customer share a name."""

    name: str
    postal_code: str = ""
    address: str = ""
    phone: str = ""


class ChangedSite(SiteIn):
    """A place as it shall be; `version` is the one that was read."""

    version: int


class CallIn(Body):
    """How a call went; the same `idempotency_key` records it once."""

    outcome: Call.Outcome
    idempotency_key: str = Field(min_length=1, max_length=100)
    contact: int | None = None
    note: str = ""


class ReadingIn(Body):
    """How warm the customer is, 1 to 5, and what shows it; the same `idempotency_key` notes it once."""

    heat: Literal[1, 2, 3, 4, 5]
    words: str
    idempotency_key: str = Field(min_length=1, max_length=100)


class Recorded(Schema):
    """The id of what was recorded."""

    id: int


class BanIn(Body):
    """number: the incident in which they said so."""

    number: str = Field("", max_length=20)


class BanLiftIn(Body):
    """words: what shows that they take visits again."""

    words: str


@router.get("", response=list[CustomerOut], url_name="customers")
def customer_list(request: HttpRequest, q: str = "", limit: int = LIMIT, offset: Offset = 0) -> Any:
    """List the customers you may see, found by `q` in any spelling."""
    found = customers_visible(viewer_of(request)).found_by(q.replace("\0", "")).select_related("owner")
    start = max(offset, 0)
    return found[start : start + min(max(limit, 0), LIMIT)]


@router.post("", response={201: CustomerDetail}, url_name="customers")
def customer_post(request: HttpRequest, data: NewCustomer) -> Any:
    """Make a customer."""
    viewer = viewer_of(request)
    known = CustomerData(**data.dict(exclude={"code"}))
    made = customer_create(code=data.code, data=known, by=viewer.user, at=viewer.at)
    return Status(201, customer_get(viewer, made.pk))


@router.get("/{int:pk}", response=CustomerDetail, url_name="customer")
def customer_one(request: HttpRequest, pk: int) -> Any:
    """Get one customer."""
    return customer_get(viewer_of(request), pk)


@router.put("/{int:pk}", response=CustomerDetail, url_name="customer")
def customer_put(request: HttpRequest, pk: int, data: ChangedCustomer) -> Any:
    """Change a customer."""
    viewer = viewer_of(request)
    stored = customer_get(viewer, pk)
    weight = data.weight if "weight" in data.model_fields_set else stored.weight
    known = CustomerData(**data.dict(exclude={"version", "weight"}), weight=weight)
    customer_update(customer_id=pk, version=data.version, data=known, by=viewer.user, at=viewer.at)
    return customer_get(viewer, pk)


@router.get("/{int:pk}/contacts", response=list[ContactOut], url_name="contacts")
def contact_list(request: HttpRequest, pk: int) -> Any:
    """List the people of a customer."""
    return contacts_of(customer_get(viewer_of(request), pk).pk)


@router.post("/{int:pk}/contacts", response={201: ContactOut}, url_name="contacts")
def contact_post(request: HttpRequest, pk: int, data: ContactIn) -> Any:
    """Add a person to a customer."""
    viewer = viewer_of(request)
    customer_get(viewer, pk)
    known = ContactData(**data.dict(exclude={"site"}), site_id=data.site)
    return Status(201, contact_create(customer_id=pk, data=known, by=viewer.user, at=viewer.at))


@router.put("/contacts/{int:pk}", response=ContactOut, url_name="contact")
def contact_put(request: HttpRequest, pk: int, data: ChangedContact) -> Any:
    """Change a person at a customer."""
    viewer = viewer_of(request)
    stored = contact_get(viewer, pk)
    site = data.site if "site" in data.model_fields_set else stored.site_id
    way = data.listening if "listening" in data.model_fields_set else stored.listening
    known = ContactData(**data.dict(exclude={"site", "version", "listening"}), site_id=site, listening=way)
    return contact_update(contact_id=pk, version=data.version, data=known, by=viewer.user, at=viewer.at)


@router.get("/{int:pk}/sites", response=list[SiteOut], url_name="sites")
def site_list(request: HttpRequest, pk: int) -> Any:
    """List the places of a customer."""
    return sites_of(customer_get(viewer_of(request), pk).pk)


@router.post("/{int:pk}/sites", response={201: SiteOut}, url_name="sites")
def site_post(request: HttpRequest, pk: int, data: SiteIn) -> Any:
    """Add a place to a customer."""
    viewer = viewer_of(request)
    customer_get(viewer, pk)
    return Status(201, site_create(customer_id=pk, data=SiteData(**data.dict()), by=viewer.user, at=viewer.at))


@router.put("/sites/{int:pk}", response=SiteOut, url_name="site")
def site_put(request: HttpRequest, pk: int, data: ChangedSite) -> Any:
    """Change a place of a customer."""
    viewer = viewer_of(request)
    site_get(viewer, pk)
    known = SiteData(**data.dict(exclude={"version"}))
    return site_update(site_id=pk, version=data.version, data=known, by=viewer.user, at=viewer.at)


@router.post("/{int:pk}/calls", response={201: Recorded}, url_name="calls")
def call_post(request: HttpRequest, pk: int, data: CallIn) -> Any:
    """Record how a call went."""
    viewer = viewer_of(request)
    customer_get(viewer, pk)
    contact = _of(viewer, data.contact, pk)
    call, _is_new = call_record(
        customer_id=pk,
        contact_id=contact,
        outcome=data.outcome,
        note=data.note,
        key=f"api:{viewer.user.pk}:{data.idempotency_key}",
        by=viewer.user,
        at=viewer.at,
    )
    return Status(201, call)


@router.post("/{int:pk}/readings", response={201: Recorded}, url_name="readings")
def reading_post(request: HttpRequest, pk: int, data: ReadingIn) -> Any:
    """Note how warm the customer is; our own temperature is computed, never sent."""
    viewer = viewer_of(request)
    key = f"api:{viewer.user.pk}:{data.idempotency_key}"
    customer = customer_get(viewer, pk)
    made, _is_new = reading_note(
        customer=customer, heat=data.heat, words=data.words, key=key, by=viewer.user, at=viewer.at
    )
    return Status(201, made)


def _of(viewer: Viewer, contact_id: int | None, customer_id: int) -> int | None:
    """Return the contact's id when the person is this customer's; Refused not_found otherwise."""
    if contact_id is not None and contact_get(viewer, contact_id).customer_id != customer_id:
        raise Refused("not_found", NOT_FOUND)
    return contact_id


@router.post("/{int:pk}/ban", response=CustomerDetail, url_name="customer_ban")
def ban(request: HttpRequest, pk: int, data: BanIn) -> Any:
    """They want no visits of ours; entered once, however often it is sent."""
    viewer = viewer_of(request)
    found = customer_get(viewer, pk)
    customer_ban(customer_id=found.pk, number=number_checked(viewer, data.number), by=viewer.user, at=viewer.at)
    return customer_get(viewer, pk)


@router.post("/{int:pk}/ban/lift", response=CustomerDetail, url_name="customer_ban_lift")
def ban_lift(request: HttpRequest, pk: int, data: BanLiftIn) -> Any:
    """They take visits again."""
    viewer = viewer_of(request)
    customer_ban_lift(customer_id=customer_get(viewer, pk).pk, words=data.words, by=viewer.user, at=viewer.at)
    return customer_get(viewer, pk)
