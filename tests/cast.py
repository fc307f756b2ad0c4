"""The cast: a small sales office that every test knows. The people are ours, the firms are the customers'."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import Model

from customers.models import Contact, Customer
from office.models import BankAccount, Company, Team, User

MODELS: tuple[type[Model], ...] = (Team, User, Company, BankAccount, Customer, Contact)  # whose rows the cast is
_KEPT: list[bytes] = []  # the rows of make_everybody, as they came out in this process
PASSWORD = "makoto-demo"  # the demo password, printed on the demo's log-in page
# log-in name: surname, given name, title, roles, team, boss
PEOPLE: dict[str, tuple[str, str, str, tuple[str, ...], str, str]] = {
    "director": ("高橋", "誠一", "取締役", ("director",), "", ""),
    "branch": ("伊藤", "正人", "支店長", ("branch_head",), "", "director"),
    "manager": ("佐藤", "健一", "課長", ("manager",), "a", "branch"),
    "manager2": ("山本", "恵", "課長代理", ("manager",), "a", "branch"),
    "rep": ("田中", "翔", "", ("rep",), "a", "manager"),
    "rep2": ("鈴木", "彩", "", ("rep",), "a", "manager"),
    "tech": ("森", "大輔", "", ("technician",), "a", "manager"),
    "manager_b": ("渡邊", "徹", "課長", ("manager",), "b", "branch"),
    "rep_b": ("中村", "遥", "", ("rep",), "b", "manager_b"),
    "billing": ("小林", "由美", "", ("billing",), "", "branch"),
    "billing2": ("加藤", "直樹", "", ("billing",), "", "branch"),
    "auditor": ("吉田", "明", "", ("auditor",), "", "director"),
    "admin": ("山田", "太郎", "", ("admin",), "", "director"),
}


@cache
def hashed_password() -> str:
    """The demo password, hashed once a process: hashing is slow on purpose."""
    return make_password(PASSWORD)


def make_team(code: str = "a", name: str = "第一営業課") -> Team:
    """A team; the same code gives the same team."""
    return Team.objects.get_or_create(code=code, defaults={"name": name})[0]


def make_user(
    username: str,
    roles: Sequence[str] = ("rep",),
    team: Team | None = None,
    boss: User | None = None,
    **fields: object,
) -> User:
    """A colleague who can log in with the demo password."""
    known = {"surname": username, "given_name": "", "email": f"{username}@makoto.example", **fields}
    return User.objects.create(
        username=username, roles=list(roles), team=team, boss=boss, password=hashed_password(), **known
    )


def make_everybody() -> SimpleNamespace:
    """The people, two firms and our company; what the services of a first time wrote is later written as it was."""
    office: SimpleNamespace
    if not _KEPT:
        office = make_people()
        make_firms(office)
        office.company, office.account = make_company(), make_account()
        _KEPT.append(pickle.dumps((office, list(Contact.objects.all()))))
        return office
    office, contacts = pickle.loads(_KEPT[0])
    rows: list[Any] = [*vars(office).values(), *contacts]
    for model in MODELS:  # a contact may be among the rows twice
        model._default_manager.bulk_create({row.pk: row for row in rows if type(row) is model}.values())
    return office


def make_people() -> SimpleNamespace:
    """The whole office: teams a and b, and everybody of PEOPLE under their log-in names."""
    office = SimpleNamespace(team_a=make_team("a", "第一営業課"), team_b=make_team("b", "第二営業課"))
    teams = {"": None, "a": office.team_a, "b": office.team_b}
    for username, (surname, given_name, title, roles, team, boss) in PEOPLE.items():
        user = make_user(
            username,
            roles,
            teams[team],
            getattr(office, boss) if boss else None,
            surname=surname,
            given_name=given_name,
            title=title,
        )
        setattr(office, username, user)
    return office


def make_account() -> BankAccount:
    """Where customers pay to."""
    return BankAccount.objects.create(
        bank_code="0005", bank_name="三菱UFJ銀行", branch_code="401", branch_name="名古屋支店", number="1234567",
        holder="カ）セイワセイサクシヨ",
    )  # fmt: skip


def make_company() -> Company:
    """Our own profile as the demo has it."""
    return Company.objects.get_or_create(
        pk=1,
        defaults={
            "name": "株式会社誠和製作所",
            "postal_code": "460-0008",
            "address": "愛知県名古屋市中区栄3-1-1",
            "phone": "052-200-1234",
            "representative_title": "代表取締役社長",
            "representative_name": "高橋 誠一",
            "t_number": "T3180001098765",
            "letter_prefix": "営発",
        },
    )[0]


def make_customer(
    code: str, name: str, owner: User, people: Sequence[tuple[str, str, str]] = (), **fields: Any
) -> Customer:
    """A firm of this owner, found by its name; people as (rank, surname, given name)."""
    customer = Customer(code=code, name=name, owner=owner, **fields)
    customer.index(*(surname + given_name for _rank, surname, given_name in people))
    customer.save()
    for number, (rank, surname, given_name) in enumerate(people):
        Contact.objects.create(
            customer=customer,
            rank=rank,
            surname=surname,
            given_name=given_name,
            decides=number == 0,
            phone=f"0568-55-019{number}",
        )
    return customer


def make_firms(office: SimpleNamespace) -> None:
    """Two firms: `towa` is rep's in team a, with 専務 岡本 and 経理課長 小川; `hokuriku` is rep_b's in team b."""
    office.towa = make_customer(
        "C-0001",
        "東和工業株式会社",
        office.rep,
        [("専務取締役", "岡本", "隆一"), ("経理課長", "小川", "美紀")],
        kana="トウワコウギョウ",
        postal_code="485-0041",
        address="愛知県小牧市小牧1-1-1",
        phone="0568-55-0100",
        deputy=office.rep2,
    )
    office.hokuriku = make_customer(
        "C-0002",
        "北陸精機株式会社",
        office.rep_b,
        [("常務取締役", "長谷川", "浩")],
        kana="ホクリクセイキ",
        phone="076-222-0300",
    )
    office.okamoto, office.ogawa = office.towa.contacts.order_by("pk")
