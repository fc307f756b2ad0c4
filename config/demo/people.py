"""Our own house: 水瀬機工株式会社, its teams and the people who log in as in the contract of the demo."""

from __future__ import annotations

from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_noop

from config.demo.seal import seal_png
from office.banks import bank_name, branch_name
from office.demo import DEMO_PASSWORD
from office.models import BankAccount, ClosingDay, Company, StandIn, Team, User
from office.services import (
    bank_account_create,
    closing_day_create,
    company_update,
    journal_write,
    seal_store,
    stand_in_create,
    team_create,
)

ADDED = gettext_noop("added a colleague")
NAME = "水瀬機工株式会社"
PROFILE = MappingProxyType(
    {
        "name": NAME,
        "postal_code": "460-0000",
        "address": "愛知県名古屋市中区水瀬町2-8　水瀬ビル4階",
        "phone": "052-057-2300",  # no exchange in Japan begins with 0: these numbers ring nowhere
        "representative_title": "代表取締役社長",
        "representative_name": "水瀬 誠",
        "t_number": "T4180001999993",  # the check digit fits; no office has numbered so many companies
        "letter_prefix": "営発",
    }
)
ACCOUNTS = (("0005", "150", "ordinary", "0004521"), ("0001", "001", "current", "0000873"))  # bank, branch, kind, number
HOLDER = "ミナセキコウ（カ"
TEAMS = (("a", "第一営業課"), ("b", "第二営業課"))
CLOSED = (
    *((8, day, "夏季休業") for day in (12, 13, 14)),
    *((12, day, "年末年始休業") for day in (29, 30, 31)),
    *((1, day, "年末年始休業") for day in (2, 3, 4)),
)


class Person(NamedTuple):
    """A colleague as the demo has them."""

    surname: str
    given_name: str
    title: str
    role: str
    team: str
    boss: str
    phone: str


PEOPLE = {
    "director": Person("高橋", "誠一", "取締役", "director", "", "", "052-057-2301"),
    "branch": Person("伊藤", "正人", "支店長", "branch_head", "", "director", "052-057-2310"),
    "manager": Person("佐藤", "健一", "課長", "manager", "a", "branch", "052-057-2320"),
    "manager2": Person("山本", "恵", "課長代理", "manager", "a", "branch", "052-057-2321"),
    "rep": Person("田中", "翔", "", "rep", "a", "manager", "090-0512-2322"),
    "rep2": Person("髙栁", "彩", "", "rep", "a", "manager", "090-0512-2323"),
    "tech": Person("森", "大輔", "", "technician", "a", "manager", "090-0512-2324"),
    "manager_b": Person("渡邊", "徹", "課長", "manager", "b", "branch", "052-057-2330"),
    "rep_b": Person("中村", "遥", "", "rep", "b", "manager_b", "090-0512-2332"),
    "billing": Person("小林", "由美", "", "billing", "", "branch", "052-057-2340"),
    "billing2": Person("加藤", "直樹", "", "billing", "", "branch", "052-057-2341"),
    "auditor": Person("𠮷田", "明", "", "auditor", "", "director", "052-057-2350"),
    "admin": Person("山﨑", "太郎", "", "admin", "", "director", "052-057-2360"),
}


def make_company(at: datetime) -> None:
    """Profile, seal and bank accounts; what is there already stays."""
    if not Company.objects.filter(name=NAME).exists():
        company_update(by=None, at=at, version=None, **PROFILE)
    if not Company.objects.filter(seal__isnull=False).exists():
        seal_store(data=seal_png(NAME), name="水瀬機工 社印.png", by=None, at=at)
    for bank, branch, kind, number in ACCOUNTS:
        if not BankAccount.objects.filter(number=number).exists():
            names = (bank, bank_name(bank)), (branch, branch_name(bank, branch))
            bank_account_create(bank=names[0], branch=names[1], kind=kind, number=number, holder=HOLDER, by=None, at=at)


def make_closing_days(year: int, at: datetime) -> None:
    """Summer and New Year, last year to next: follow-ups reach that far."""
    known = set(ClosingDay.objects.values_list("date", flat=True))
    for day, label in (
        (date(y, month, day), label) for y in (year - 1, year, year + 1) for month, day, label in CLOSED
    ):
        if day not in known:
            closing_day_create(day=day, label=label, by=None, at=at)


def make_people(at: datetime) -> dict[str, User]:
    """Everybody under their log-in name; who is there already stays as they are."""
    for code, name in TEAMS:
        if not Team.objects.filter(code=code).exists():
            team_create(code=code, name=name, by=None, at=at)
    teams = {team.code: team for team in Team.objects.all()}
    found = {user.username: user for user in User.objects.select_related("team", "boss")}
    hashed = make_password(DEMO_PASSWORD)  # once for all of them: hashing is slow on purpose
    for username, person in PEOPLE.items():
        if username not in found:
            found[username] = User.objects.create(
                username=username, surname=person.surname, given_name=person.given_name, title=person.title,
                roles=[person.role], team=teams.get(person.team), boss=found.get(person.boss), phone=person.phone,
                email=f"{username}@example.jp", password=hashed,
            )  # fmt: skip
            journal_write(actor=None, verb=ADDED, about=f"user {username}", detail=found[username].full_name, at=at)
    return found


def make_stand_in(people: dict[str, User], starts: date, ends: date, at: datetime) -> None:
    """The boss of team a is away for some days ahead; the deputy head decides meanwhile."""
    if not StandIn.objects.filter(absent=people["manager"]).exists():
        boss, other = people["manager"], people["manager2"]
        stand_in_create(absent=boss, stand_in=other, starts=starts, ends=ends, by=boss, at=at)
