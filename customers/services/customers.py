"""Making and changing customers and their people."""

from dataclasses import dataclass, fields
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import CharField, F
from django.utils.translation import gettext_noop

from customers.models import Contact, Customer, Site
from customers.selectors import NOT_FOUND, sites_of
from customers.text import clean, katakana, postal_code, required
from office.errors import Refused
from office.models import User
from office.services import journal_write

TAKEN = gettext_noop("The customer code %(key)s is already in use by %(name)s.")
OVERTAKEN = gettext_noop("Somebody saved this page before you. Please look at it and enter your change again.")
LIMITS = {f.name: f.max_length for f in Contact._meta.fields if isinstance(f, CharField) and f.max_length}
NO_WAY = gettext_noop("Choose how they want to be met from the list.")
NO_WEIGHT = gettext_noop("Choose the account's standing from the list.")
NOBODY = gettext_noop("There is no person with the number %(pk)s in our company.")
NO_MAIL = gettext_noop("This is not an e-mail address.")


@dataclass(frozen=True, kw_only=True)
class CustomerData:
    """What is typed about a customer; texts as typed, people as primary keys."""

    name: str
    owner_id: int
    kana: str = ""
    postal_code: str = ""
    address: str = ""
    phone: str = ""
    deputy_id: int | None = None
    liaison_id: int | None = None
    gift_refused: bool = False
    weight: str = ""


@dataclass(frozen=True, kw_only=True)
class ContactData:
    """What is typed about a person at a customer; sore points one per line; listening: how they want to be met."""

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
    listening: str = ""
    decides: bool = False
    left_on: date | None = None
    site_id: int | None = None


@transaction.atomic
def customer_create(*, code: str, data: CustomerData, by: User, at: datetime) -> Customer:
    """Make a customer. Refused when the code is in use, a text cannot be stored or there is no such person."""
    code = required(code, field="code", limit=40)
    if other := Customer.objects.filter(code=code).first():
        raise Refused("conflict", TAKEN, field="code", key=code, name=other.name)
    customer = Customer(code=code)
    _known(data)
    customer_fill(customer, data)
    customer.index()
    customer.save()
    journal_write(actor=by, verb=gettext_noop("Customer made"), about=f"customer {customer.pk}", at=at)
    return customer


@transaction.atomic
def customer_update(*, customer_id: int, version: int, data: CustomerData, by: User, at: datetime) -> Customer:
    """Change a customer as it stood at `version`; Refused conflict when it was changed meanwhile."""
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer_id)
    same_version(customer.version, version)
    _known(data)
    customer_fill(customer, data)
    customer.version += 1
    reindex(customer)
    journal_write(actor=by, verb=gettext_noop("Customer changed"), about=f"customer {customer.pk}", at=at)
    return customer


@transaction.atomic
def contact_create(*, customer_id: int, data: ContactData, by: User, at: datetime) -> Contact:
    """Add a person to a customer, who is then found by that name and telephone too."""
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer_id)
    contact = Contact(customer=customer)
    contact_fill(contact, data)
    _at_own_site(contact)
    contact.save()
    reindex(customer)
    journal_write(actor=by, verb=gettext_noop("Contact made"), about=f"customer {customer_id}", at=at)
    return contact


@transaction.atomic
def contact_update(*, contact_id: int, version: int, data: ContactData, by: User, at: datetime) -> Contact:
    """Change a person as it stood at `version`; `left_on` takes them off the lists and keeps what they were told."""
    # The customer first, as when a person is added: both write by whom the customer is found.
    customer = Customer.objects.select_for_update(of=("self",)).get(contacts=contact_id)
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact_id)
    contact.customer = customer
    same_version(contact.version, version)
    columns = [column.attname for column in Contact._meta.concrete_fields]
    before = {name: getattr(contact, name) for name in columns}
    contact_fill(contact, data)
    _at_own_site(contact)
    contact.version += 1
    contact.save(update_fields=[name for name in columns if getattr(contact, name) != before[name]])
    reindex(customer)
    journal_write(actor=by, verb=gettext_noop("Contact changed"), about=f"customer {contact.customer_id}", at=at)
    return contact


def contact_listening(*, contact: Contact, way: str) -> None:
    """Keep how a person wants to be met (practice 2-21) for next time, in the transaction of whoever has learned it.

    way: one of Contact.Listening. One statement; what others are writing on the same card stays theirs.
    """
    Contact.objects.filter(pk=contact.pk).update(listening=way, version=F("version") + 1)
    contact.listening = way


def customer_fill(customer: Customer, data: CustomerData) -> None:
    """Put checked texts into an unsaved customer; Refused names the field. Names stay exactly as typed."""
    customer.name = required(data.name, field="name", limit=200)
    customer.kana = katakana(clean(data.kana, field="kana", limit=200))
    customer.postal_code = postal_code(clean(data.postal_code, field="postal_code", limit=10))
    customer.address = clean(data.address, field="address", limit=300)
    customer.phone = clean(data.phone, field="phone", limit=40)
    customer.owner_id, customer.deputy_id, customer.liaison_id = data.owner_id, data.deputy_id, data.liaison_id
    customer.gift_refused = data.gift_refused
    if data.weight and data.weight not in Customer.Weight.values:
        raise Refused("invalid", NO_WEIGHT, field="weight")
    customer.weight = data.weight


def contact_fill(contact: Contact, data: ContactData) -> None:
    """Put checked texts into an unsaved person; Refused names the field."""
    for field in fields(data):
        value = getattr(data, field.name)
        if isinstance(value, str):
            limit = LIMITS.get(field.name, 4000)
            value = clean(value, field=field.name, limit=limit, lines=field.name == "sore_points")
        setattr(contact, field.name, value)
    contact.surname = required(data.surname, field="surname", limit=60)
    contact.surname_kana, contact.given_kana = katakana(contact.surname_kana), katakana(contact.given_kana)
    if contact.listening and contact.listening not in Contact.Listening:
        raise Refused("invalid", NO_WAY, field="listening")
    try:
        if contact.email:
            validate_email(contact.email)
    except ValidationError as error:
        raise Refused("invalid", NO_MAIL, field="email") from error


def _known(data: CustomerData) -> None:
    """Refuse people who do not exist; the field that names one is named."""
    named = {"owner": data.owner_id, "deputy": data.deputy_id, "liaison": data.liaison_id}
    wanted = {pk for pk in named.values() if pk is not None}
    known = set(User.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    for field, pk in named.items():
        if pk is not None and pk not in known:
            raise Refused("invalid", NOBODY, field=field, pk=pk)


def same_version(stored: int, seen: int) -> None:
    """Refuse to save over what the person saving has not seen."""
    if stored != seen:
        raise Refused("conflict", OVERTAKEN)


def reindex(customer: Customer) -> None:
    """Save the customer with its search column, in which its people and sites stand too."""
    people = Contact.objects.filter(customer=customer, left_on__isnull=True)
    rows: list[Contact | Site] = [*people, *sites_of(customer.pk)]
    customer.index(*(text for row in rows for text in row.index_texts()))
    customer.save()


def _at_own_site(contact: Contact) -> None:
    """Refuse a site of another customer like one that never existed."""
    if contact.site_id is not None and not sites_of(contact.customer_id).filter(pk=contact.site_id).exists():
        raise Refused("not_found", NOT_FOUND, field="site")
