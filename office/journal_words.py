"""How the journal speaks: rows hold facts in a fixed form, the reader's words are found when they are shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from django.utils.html import strip_tags
from django.utils.translation import gettext, gettext_noop, pgettext

from office.errors import Refused
from office.models import Company, User
from office.policy import number
from office.roles import Role
from office.templatetags.makoto import day, yen

THINGS = {  # first word of `about`: what it is; the rest is its name or number
    "user": gettext_noop("Colleague %(name)s"),
    "team": gettext_noop("Team %(name)s"),
    "company": gettext_noop("Our company"),
    "calendar": gettext_noop("Business days %(name)s"),
    "policy": gettext_noop("House rule %(name)s"),
    "outbox": gettext_noop("Message %(name)s"),
    "customer": gettext_noop("Customer no. %(name)s"),
    "promise": gettext_noop("Promise no. %(name)s"),
    "invoice": gettext_noop("Invoice %(name)s"),
    "order": gettext_noop("Order %(name)s"),
    "delivery": gettext_noop("Delivery note %(name)s"),
    "contract": gettext_noop("Contract %(name)s"),
    "price": gettext_noop("Price of %(name)s"),
    "import prices": gettext_noop("Import of prices"),
    "import orders": gettext_noop("Import of orders"),
    "import deliveries": gettext_noop("Import of deliveries"),
    "import contracts": gettext_noop("Import of contracts"),
    "incident": gettext_noop("Incident %(name)s"),
    "phrases": gettext_noop("Phrases %(name)s"),
    "faq": gettext_noop("Question that comes again no. %(name)s"),
    "inquiry": gettext_noop("Question %(name)s"),
    "notice": gettext_noop("Notice %(name)s"),
    "receipt": gettext_noop("Transfer no. %(name)s"),
    "import receipts": gettext_noop("Import of transfers"),
    "import customers": gettext_noop("Import of customers"),
    "export invoices": gettext_noop("Export of invoices"),
    "import invoices": gettext_noop("Import of invoices"),
    "demo": gettext_noop("Demo data"),
}
VALUES = {
    "None": gettext_noop("None"),
    "": gettext_noop("None"),
    "True": gettext_noop("yes"),
    "False": gettext_noop("no"),
    "password": gettext_noop("The password"),
    "before": gettext_noop("The bank day before"),
    "after": gettext_noop("The bank day after"),
    "every": gettext_noop("For every payment"),
    "key": gettext_noop("For the first, large, deposit and last payments"),
    "none": gettext_noop("No calls"),
    "ja": gettext_noop("Japanese"),
    "en": gettext_noop("English"),
}
CHANGE = re.compile(r"(\w+): (.*) → (.*)")
MONEY = re.compile(r"(\d+) (\d{4}-\d\d-\d\d)")
TERMS = re.compile(r"(\d+)/(\d+)/(\d+) (\w+) (\w+)")
GRANTED = re.compile(r"(.+): ([a-z_]+(?:, [a-z_]+)*)")
DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")


def about_words(about: str) -> str:
    """What a row is about: 約束 50, 社内基準 対応計画."""
    thing, _, name = about.partition(" ")
    if about in THINGS:
        return gettext(THINGS[about])
    return gettext(THINGS[thing]) % {"name": _named(thing, name)} if thing in THINGS else about


def detail_words(detail: str) -> str:
    """The facts of a row, line by line: fields and values in words, money and days as on every screen."""
    return "\n".join(_line(line) for line in detail.splitlines())


def _named(thing: str, name: str) -> str:
    if thing == "policy":
        try:
            return gettext(str(number(name).label))
        except Refused:  # a rule of an earlier edition
            return name
    return _days(name)


def _line(line: str) -> str:
    for form, said in FORMS.items():
        if found := form.fullmatch(line):
            return said(found)
    return _days(_value(line))


def _change(found: re.Match[str]) -> str:
    field, old, new = found.groups()
    return gettext("%(field)s: %(old)s → %(new)s") % {"field": _field(field), "old": _value(old), "new": _value(new)}


def _money(found: re.Match[str]) -> str:
    return f"{yen(int(found[1]))} {_days(found[2])}"


def _terms(found: re.Match[str]) -> str:
    closing, months, pay, shift, thanks = found.groups()
    facts = {"closing": _day_of_month(closing), "months": months, "pay": _day_of_month(pay)}
    said = gettext("Cutoff %(closing)s, paid %(pay)s, %(months)s months later") % facts
    return "\n".join((said, _value(shift), _value(thanks)))


def _granted(found: re.Match[str]) -> str:
    """A colleague with their roles; anything else of that form stays as it is."""
    roles = found[2].split(", ")
    known = dict(Role.choices)
    return f"{found[1]}: {_roles(roles)}" if set(roles) <= set(known) else found[0]


FORMS: dict[re.Pattern[str], Callable[[re.Match[str]], str]] = {
    CHANGE: _change, MONEY: _money, TERMS: _terms, GRANTED: _granted,
}  # fmt: skip


def _field(name: str) -> str:
    """A column's name in words, of our people's or our company's table."""
    for model in (User, Company):
        for field in model._meta.fields:
            if field.name == name:
                return str(field.verbose_name)
    return name


def _value(text: str) -> str:
    if text in VALUES:
        return gettext(VALUES[text])
    if text.startswith("[") and text.endswith("]"):
        return _roles(re.findall(r"'(\w+)'", text))
    return gettext(text)


def _roles(names: list[str]) -> str:
    known = dict(Role.choices)
    return pgettext("between names", ", ").join(str(known.get(name, name)) for name in names)


def _day_of_month(text: str) -> str:
    return gettext("The month's end") if text == "0" else gettext("Day %(day)s") % {"day": text}


def _days(text: str) -> str:
    """The text with its ISO days written as everywhere: 10/30(金)."""
    return DAY.sub(lambda found: _day(found[0]), text)


def _day(text: str) -> str:
    try:
        return strip_tags(day(date.fromisoformat(text)))
    except ValueError:
        return text
