"""What the menus hold: the side bar of a desk, the bar of a phone, the sheet under one's own name."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from office.roles import Role
from office.viewer import Viewer

STAFF = frozenset(Role.values)
REPORTS = STAFF - {Role.AUDITOR.value}
DECIDERS = frozenset({Role.MANAGER.value, Role.BRANCH_HEAD.value, Role.DIRECTOR.value})
BILLS = DECIDERS | {Role.BILLING.value, Role.REP.value, Role.AUDITOR.value}


@dataclass(frozen=True)
class Entry:
    """One place of a menu: URL name, icon, words, who is offered it, its keys, what is counted beside it."""

    name: str
    icon: str
    label: str | Promise
    roles: frozenset[str] = STAFF
    key: str = ""
    counts: str = ""
    short: str | Promise = ""


MORE = "desk:more"
SIDE = (
    Entry("desk:today", "list-checks", _("Today's work"), key="g t", counts="today"),
    Entry("incidents:list", "clipboard-list", _("Incidents"), key="g i"),
    Entry("desk:approvals", "stamp", _("Approvals"), key="g a", counts="approvals"),
    Entry("customers:list", "building", _("Customers"), key="g c"),
    Entry("customers:appointments", "calendar", _("Appointments"), key="g d"),
    Entry("customers:promises", "book-check", _("Promise ledger"), key="g p"),
    Entry("billing:list", "receipt-japanese-yen", _("Billing"), BILLS, key="g b"),
    Entry("incidents:letters", "file-text", _("Letters of apology"), key="g l"),
    Entry("office:settings", "settings", _("Settings")),
)
REPORT = Entry("incidents:new", "plus", _("First report"), REPORTS, key="n", short=_("First report"))
BAR = (
    Entry("desk:today", "list-checks", "", short=_("Today")),
    Entry("incidents:list", "clipboard-list", "", short=_("Incidents")),
    REPORT,
    Entry("customers:list", "building", "", short=_("Customers")),
    Entry(MORE, "ellipsis", "", short=_("More")),
)
BELONGS = {  # pages that stand under another place than the list of their app
    "desk:customer": "customers:list",
    "customers:promise": "customers:promises",
    "customers:promise_new": "customers:promises",
    "customers:appointment": "customers:appointments",
    "customers:appointment_new": "customers:appointments",
    "customers:appointments_import": "customers:appointments",
    "incidents:procedures": "office:settings",
    "incidents:procedure": "office:settings",
    "incidents:phrases": "office:settings",
    "incidents:faq": "office:settings",
}
HOMES = {"office": "office:settings"}  # apps whose pages stand under no list of their own
ACCOUNT = (Entry("office:settings", "settings", _("Settings")),)


def offered(entries: tuple[Entry, ...], viewer: Viewer) -> Iterator[tuple[Entry, str]]:
    """Return the entries this viewer may use, each with its path."""
    return ((entry, reverse(entry.name)) for entry in entries if entry.roles & viewer.roles)
