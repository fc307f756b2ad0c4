"""The forms of notices of changes. What they hold is checked again by the services they are given to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.forms import one_customer
from billing.models import ChangeNotice, Inquiry, Invoice, NoticeCopy
from billing.notice_letters import account_line
from billing.notices import TEXTS, TITLES
from billing.services import NoticeWords, Said
from customers.models import Contact
from customers.selectors import contacts_of, customers_visible
from office.clock import local_day
from office.forms import Idempotent, MakotoForm, choose_from
from office.selectors import bank_accounts
from office.viewer import Viewer

ALL, BILLED, NAMED = "all", "billed", "named"
A_YEAR = timedelta(days=366)
WHOM = [
    (BILLED, _("Everybody we billed within a year")),
    (ALL, _("All customers I look after")),
    (NAMED, _("Those named below")),
]


class NoticeForm(Idempotent, MakotoForm):
    """What is told, from when, to whom. Of an account the digits are chosen, never typed."""

    kind = forms.ChoiceField(choices=ChangeNotice.Kind, widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title of the letter"), max_length=60)
    effective_on = forms.DateField(label=_("Day of the change"))
    text = forms.CharField(
        label=_("Text"), max_length=2000, widget=forms.Textarea({"rows": 6}),
        help_text=_("Between the greeting and the request to answer, which are written by themselves."),
    )  # fmt: skip
    old_account = forms.ChoiceField(label=_("Account until now"), required=False)
    new_account = forms.ChoiceField(label=_("New account"), required=False)
    changes = forms.CharField(
        label=_("What changes"), max_length=2000, required=False, widget=forms.Textarea({"rows": 4}),
        help_text=_("One a line, as it is to stand in the letter."),
    )  # fmt: skip
    answer_by = forms.DateField(
        label=_("Answer asked for by"), required=False, help_text=_("Left empty, the house rule says it.")
    )
    whom = forms.ChoiceField(label=_("To whom"), choices=WHOM, widget=forms.RadioSelect, initial=BILLED)
    names = forms.CharField(
        label=_("Customers"), required=False, max_length=40_000, widget=forms.Textarea({"rows": 4}),
        help_text=_("Names or customer codes, one a line."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, viewer: Viewer, kind: str, notice: ChangeNotice | None = None, **kwargs: Any
    ) -> None:
        self.viewer = viewer
        kwargs["initial"] = {"kind": kind, **(_begun(notice) if notice else _first(kind))}
        super().__init__(*args, **kwargs)
        accounts = [(line, line.replace("\n", "　")) for line in map(account_line, bank_accounts())]
        for name in ("old_account", "new_account"):
            choose_from(self, name, [("", _("Please choose")), *accounts])
        if kind == ChangeNotice.Kind.BANK:
            del self.fields["changes"]
            self.fields["new_account"].required = True
        else:
            del self.fields["old_account"], self.fields["new_account"]
        if kind == ChangeNotice.Kind.PRICE:
            self.fields["changes"].help_text = _(
                "Left empty, each customer gets what changes for it on the price list on that day."
            )

    def clean(self) -> dict[str, Any]:
        """Find the customers that are meant; what cannot be found is named beside the field."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        visible = customers_visible(self.viewer).order_by("code", "pk")
        if cleaned["whom"] == BILLED:
            since = local_day(self.viewer.at) - A_YEAR
            issued = Invoice.objects.filter(state=Invoice.State.ISSUED, issued_on__gte=since)
            visible = visible.filter(pk__in=issued.order_by().values("customer"))
        if cleaned["whom"] == NAMED:
            cleaned["customers"] = self._named(cleaned["names"])
        else:
            cleaned["customers"] = list(visible.values_list("pk", flat=True))
        return cleaned

    def _named(self, typed: str) -> list[int]:
        """The customers of these lines: by code all at once, what is left by its name."""
        lines = list(dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip()))
        by_code = dict(customers_visible(self.viewer).filter(code__in=lines).values_list("code", "pk"))
        found, wrong = [], []
        for line in lines:
            try:
                found.append(by_code.get(line) or one_customer(self.viewer, line).pk)
            except forms.ValidationError as error:
                wrong.append(f"{line}: {error.messages[0]}")
        if wrong:
            self.add_error("names", wrong[:5])
        return found

    def words(self) -> NoticeWords:
        """Return it as the services want it, once the form is valid."""
        names = ("kind", "title", "text", "effective_on", "answer_by", "customers")
        told = {name: self.cleaned_data.get(name, "") for name in ("changes", "old_account", "new_account")}
        return NoticeWords(**{name: self.cleaned_data[name] for name in names}, **told)


def _first(kind: str) -> dict[str, Any]:
    return {"title": TITLES[kind], "text": TEXTS[kind]}


def _begun(notice: ChangeNotice) -> dict[str, Any]:
    names = ("title", "text", "changes", "effective_on", "answer_by", "old_account", "new_account")
    codes = notice.copies.values_list("customer__code", flat=True)
    return {name: getattr(notice, name) for name in names} | {"whom": NAMED, "names": "\n".join(codes)}


class DayOfPostForm(MakotoForm):
    """The day on which letters were posted."""

    on = forms.DateField(label=_("Posted on"))


class TellForm(MakotoForm):
    """How one customer is told."""

    way = forms.ChoiceField(label=_("How"), choices=NoticeCopy.Way, widget=forms.RadioSelect)
    on = forms.DateField(label=_("When"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"on": today, "way": NoticeCopy.Way.TALK}, **kwargs})


class SaidForm(MakotoForm):
    """Who at the customer said so, and how."""

    way = forms.ChoiceField(label=_("How we heard"), choices=Inquiry.Way, initial=Inquiry.Way.PHONE)
    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("Who told us"), required=False)
    who = forms.CharField(
        label=_("Or somebody else"), max_length=120, required=False, help_text=_("Department and name, without 様.")
    )

    def __init__(self, *args: Any, customer_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contact: Any = self.fields["contact"]
        contact.queryset = contacts_of(customer_id)

    def said(self) -> Said:
        """Return it as the services want it, once the form is valid."""
        data = self.cleaned_data
        return Said(
            way=data["way"], contact_id=data["contact"].pk if data["contact"] else None, who=data["who"],
            note=data.get("note", ""),
        )  # fmt: skip


class AcknowledgeForm(SaidForm):
    """The customer has read it and agrees."""

    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class ObjectForm(Idempotent, SaidForm):
    """The customer has a question or does not agree."""

    words = forms.CharField(
        label=_("What the customer said"), max_length=2000, widget=forms.Textarea({"rows": 3}),
        help_text=_("In the customer's words, as you heard them."),
    )  # fmt: skip
