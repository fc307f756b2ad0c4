"""Customers, their people and sites from a CSV file, keyed by the customer code (docs/import.md).

A file goes in whole or not at all. A second import changes what differs and never doubles.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from customers.importing import Count, Preview, Report, chunks, first_lines, may_import, read_yes
from customers.models import Contact, Customer, Site
from customers.services.customers import ContactData, CustomerData, contact_fill, customer_fill
from customers.text import required
from office.csvfile import Column, Row, RowError, read_rows
from office.errors import Refused
from office.http import sentence
from office.models import User
from office.selectors import people
from office.services import journal_write

COLUMNS = (
    Column("code", ("お客様コード", "得意先コード", "customer code"), required=True, limit=40),
    Column("name", ("会社名", "お客様名", "得意先名", "customer", "company")),
    Column("kana", ("フリガナ", "会社名カナ")),
    Column("postal_code", ("郵便番号", "postal code"), limit=10),
    Column("address", ("住所",), limit=300),
    Column("phone", ("電話番号", "代表電話"), limit=40),
    Column("owner", ("営業担当", "担当者", "主担当"), limit=120),
    Column("deputy", ("副担当",), limit=120),
    Column("gift_refused", ("贈答お断り", "no gifts"), limit=10),
    Column("weight", ("お取引区分", "account standing"), limit=20),
    Column("surname", ("ご担当者姓", "姓", "contact surname"), limit=60),
    Column("given_name", ("ご担当者名", "名", "contact given name"), limit=60),
    Column("surname_kana", ("セイ", "姓カナ"), limit=60),
    Column("given_kana", ("メイ", "名カナ"), limit=60),
    Column("site", ("拠点",), limit=120),
    Column("department", ("部署",), limit=120),
    Column("rank", ("役職", "title"), limit=60),
    Column("contact_phone", ("直通電話", "contact phone"), limit=40),
    Column("mobile", ("携帯電話",), limit=40),
    Column("email", ("メール", "メールアドレス", "e-mail"), limit=254),
    Column("sore_points", ("配慮事項", "sore points"), limit=4000),
    Column("decides", ("決裁者",), limit=10),
)
HEADINGS = {column.name: column.headings[0] for column in COLUMNS}
FIRM = ("name", "kana", "postal_code", "address", "phone", "owner", "deputy", "gift_refused", "weight")
PERSON = tuple(f.name for f in fields(ContactData) if f.name in HEADINGS)
WRITTEN = [f.name for f in fields(CustomerData)] + ["phone_digits", "search", "version"]
WEIGHTS = {"重点": "A", "標準": "B", "一般": "C", "a": "A", "b": "B", "c": "C"}
NOBODY = gettext_noop("Nobody here is called %(name)s.")
SEVERAL = gettext_noop("Several people here are called %(name)s. Please write the log-in name.")
NO_NAME = gettext_noop("A new customer needs a name.")
NO_OWNER = gettext_noop("A new customer needs somebody who looks after it.")
NO_SURNAME = gettext_noop("A contact needs a surname.")
DIFFERS = gettext_noop("This differs from line %(line)s, which is about the same customer.")
TWICE = gettext_noop("This person already stands in line %(line)s.")
ORDER = {"created": 0, "updated": 1, "unchanged": 2}


@dataclass
class Draft:
    """One customer of the file while it is put together."""

    row: Row
    customer: Customer
    act: str
    people: dict[tuple[str, str], Contact] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    person_acts: Counter[str] = field(default_factory=Counter)
    changed_people: list[Contact] = field(default_factory=list)
    made_sites: list[Site] = field(default_factory=list)

    def site(self, name: str) -> Site | None:
        """Return the customer's place of this name, made when there is none; None for an empty cell."""
        if not name:
            return None
        if name not in self.sites:
            self.sites[name] = Site(name=required(name, field="site", limit=120))
            self.made_sites.append(self.sites[name])
        return self.sites[name]


def customers_import(*, data: bytes, by: User | None, at: datetime, dry_run: bool = False) -> Report:
    """Import a file of customers; return what was done, or with `dry_run` what would be.

    Refused for files that cannot be read at all. Errors in rows come back in the report, and then nothing was written.
    Columns that the file does not have stay as they are.
    """
    may_import(by)
    rows = read_rows(data, COLUMNS)
    with transaction.atomic():
        file = _File(rows, default_owner=by)
        if not file.errors and not dry_run:
            file.write()
            verb = gettext_noop("Customers imported")
            journal_write(actor=by, verb=verb, about="import customers", detail=f"{len(file.drafts)}", at=at)
    return file.report(dry_run)


class _File:
    """The customers of one file, beside those in the database."""

    def __init__(self, rows: Sequence[Row], default_owner: User | None) -> None:
        self.errors: list[RowError] = [error for row in rows for error in row.errors]
        self.drafts: dict[str, Draft] = {}
        self.default_owner = default_owner
        self.staff = _staff()
        codes = {row.values["code"] for row in rows}
        locked = Customer.objects.select_for_update(of=("self",))
        self.known = {c.code: c for part in chunks(codes) for c in locked.filter(code__in=part)}
        self.known_people = _known_people(self.known)
        self.known_sites = _known_sites(self.known)
        for row in rows:
            if not row.errors:
                self._take(row)
        self.errors.sort(key=lambda error: error.line)

    def _take(self, row: Row) -> None:
        before = len(self.errors)
        draft = self.drafts.get(row.values["code"])
        if draft is None:
            draft = self._firm(row)
        else:
            self._compare(draft, row)
        if len(self.errors) == before:
            self._person(draft, row)

    def _firm(self, row: Row) -> Draft:
        """Start a customer from its first row."""
        known = self.known.get(row.values["code"])
        customer = known or Customer(code=row.values["code"])
        draft = Draft(row, customer, "created" if known is None else "unchanged")
        if known:
            draft.people = self.known_people.get(customer.pk, {})
            draft.sites = self.known_sites.get(customer.pk, {})
        self.drafts[customer.code] = draft
        was = {name: getattr(customer, name) for name in WRITTEN if name not in ("search", "version")}
        try:
            customer_fill(customer, self._firm_data(customer, row, is_new=known is None))
        except Refused as refused:
            self._wrong(row, refused.field, refused)
        if known and any(getattr(customer, name) != value for name, value in was.items() if name != "phone_digits"):
            draft.act, customer.version = "updated", customer.version + 1
        return draft

    def _firm_data(self, customer: Customer, row: Row, *, is_new: bool) -> CustomerData:
        cell = row.values.get
        kept = {name: cell(name, getattr(customer, name)) for name in ("kana", "postal_code", "address", "phone")}
        owner_id = self._colleague(row, "owner") or (None if is_new else customer.owner_id)
        owner_id = owner_id or (self.default_owner.pk if self.default_owner and "owner" not in row.values else None)
        if is_new and not cell("name"):
            raise Refused("incomplete", NO_NAME, field="name")
        if owner_id is None:
            raise Refused("incomplete", NO_OWNER, field="owner")
        return CustomerData(
            name=cell("name") or customer.name,
            owner_id=owner_id,
            deputy_id=self._colleague(row, "deputy") if "deputy" in row.values else customer.deputy_id,
            liaison_id=customer.liaison_id,
            gift_refused=self._yes(row, "gift_refused", customer.gift_refused),
            weight=WEIGHTS.get(row.values["weight"], row.values["weight"])
            if "weight" in row.values
            else customer.weight,
            **kept,
        )

    def _compare(self, draft: Draft, row: Row) -> None:
        """Further rows of a customer bring further people; what they say about the firm must be empty or the same."""
        for name in FIRM:
            if row.values.get(name) and row.values[name] != draft.row.values[name]:
                self._wrong(row, name, Refused("conflict", DIFFERS, line=draft.row.line))

    def _person(self, draft: Draft, row: Row) -> None:
        cells = {name: row.values[_cell(name)] for name in (*PERSON, "site") if _cell(name) in row.values}
        if not any(cells.values()):
            return
        key = (cells.get("surname", ""), cells.get("given_name", ""))
        if not key[0]:
            self._wrong(row, "surname", Refused("incomplete", NO_SURNAME))
        elif key in draft.seen:
            self._wrong(row, "surname", Refused("conflict", TWICE, line=draft.seen[key]))
        else:
            draft.seen[key] = row.line
            self._put_person(draft, row, key, cells)

    def _put_person(self, draft: Draft, row: Row, key: tuple[str, str], cells: dict[str, str]) -> None:
        known = draft.people.get(key)
        contact = known or Contact()
        was = {f.name: getattr(contact, f.name) for f in fields(ContactData)}
        typed = {name: cell for name, cell in cells.items() if name != "site"}
        try:
            decides = self._yes(row, "decides", contact.decides)
            contact_fill(contact, ContactData(**(was | typed | {"decides": decides})))
            if "site" in cells:
                contact.site = draft.site(cells["site"])
        except Refused as refused:
            self._wrong(row, _cell(refused.field), refused)
            return
        to_new_site = contact.site_id is None and contact.site is not None  # which has no key before it is written
        same = not to_new_site and all(getattr(contact, name) == value for name, value in was.items())
        draft.person_acts["created" if known is None else "unchanged" if same else "updated"] += 1
        draft.people[key] = contact
        if known is None or not same:
            contact.version += 0 if known is None else 1
            draft.changed_people.append(contact)

    def _colleague(self, row: Row, column: str) -> int | None:
        """Return whom a cell names by log-in name or full name; None for an empty one."""
        name = row.values.get(column, "")
        if not name:
            return None
        found = self.staff.get(name.casefold()) or self.staff.get("".join(name.split())) or set()
        if len(found) != 1:
            raise Refused("invalid", SEVERAL if found else NOBODY, field=column, name=name)
        return next(iter(found))

    def _yes(self, row: Row, column: str, otherwise: bool) -> bool:
        if column not in row.values:
            return otherwise
        try:
            return read_yes(row.values[column])
        except Refused as refused:
            raise Refused(refused.code, refused.message, field=column) from refused

    def _wrong(self, row: Row, column: str, refused: Refused) -> None:
        self.errors.append(RowError(row.line, HEADINGS.get(column, column), sentence(refused)))

    def write(self) -> None:
        """Write customers and people, each in a few statements however many there are."""
        changed = [draft for draft in self.drafts.values() if draft.act != "unchanged" or draft.changed_people]
        for draft in changed:
            found: list[Contact | Site] = [person for person in draft.people.values() if person.left_on is None]
            found.extend(draft.sites.values())
            draft.customer.index(*(text for one in found for text in one.index_texts()))
        Customer.objects.bulk_create(
            [draft.customer for draft in changed],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=_columns(),
        )
        codes = [draft.customer.code for draft in changed]
        rows = (
            row for part in chunks(codes) for row in Customer.objects.filter(code__in=part).values_list("code", "pk")
        )
        keys = dict(rows)
        contacts, sites = [], []
        for draft in changed:
            for site in draft.made_sites:
                site.customer_id = keys[draft.customer.code]
                sites.append(site)
            for contact in draft.changed_people:
                contact.customer_id = keys[draft.customer.code]
                contacts.append(contact)
        Site.objects.bulk_create(sites)  # before the people, who take the keys over from them
        Contact.objects.bulk_create([contact for contact in contacts if contact.pk is None])
        _update_people([contact for contact in contacts if contact.pk is not None])

    def report(self, dry_run: bool) -> Report:
        """Return what was, or would be, done."""
        if self.errors:
            return Report(dry_run, errors=tuple(self.errors))
        acts = Counter(draft.act for draft in self.drafts.values())
        person_acts = sum((draft.person_acts for draft in self.drafts.values()), Counter())
        counts = [Count(gettext_noop("Customers"), **acts), Count(gettext_noop("Contacts"), **person_acts)]
        if made := sum(len(draft.made_sites) for draft in self.drafts.values()):
            counts.append(Count(gettext_noop("Sites"), created=made))
        drafts = sorted(self.drafts.values(), key=lambda draft: (ORDER[draft.act], draft.row.line))
        previews = [Preview(d.row.line, d.act, d.customer.code, d.customer.name) for d in drafts]
        return Report(dry_run, counts=tuple(counts), preview=first_lines(previews))


def _columns() -> list[str]:
    return [name.removesuffix("_id") for name in WRITTEN]


def _cell(field_name: str) -> str:
    """Return the column of a contact's field: the firm's telephone has the plain name."""
    return "contact_phone" if field_name == "phone" else field_name


def _update_people(contacts: Sequence[Contact]) -> None:
    """Write changed people over themselves: one upsert by key is many times faster than a CASE for every cell."""
    names = [f.name.removesuffix("_id") for f in fields(ContactData)]
    Contact.objects.bulk_create(
        contacts, update_conflicts=True, unique_fields=["id"], update_fields=[*names, "version"]
    )


def _staff() -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for user in people().users:
        for name in {user.username.casefold(), f"{user.surname}{user.given_name}"}:
            found.setdefault(name, set()).add(user.pk)
    return found


def _known_people(known: dict[str, Customer]) -> dict[int, dict[tuple[str, str], Contact]]:
    found: dict[int, dict[tuple[str, str], Contact]] = {}
    for part in chunks(customer.pk for customer in known.values()):
        for contact in Contact.objects.select_for_update(of=("self",)).filter(customer__in=part):
            found.setdefault(contact.customer_id, {})[contact.surname, contact.given_name] = contact
    return found


def _known_sites(known: dict[str, Customer]) -> dict[int, dict[str, Site]]:
    found: dict[int, dict[str, Site]] = {}
    for part in chunks(customer.pk for customer in known.values()):
        for site in Site.objects.filter(customer__in=part):
            found.setdefault(site.customer_id, {})[site.name] = site
    return found
