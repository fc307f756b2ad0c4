"""First report: three fields on a phone, everything else filled in or folded away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.engine import playbooks
from incidents.forms.base import ColleagueField, PaperForm, line, moment, one_of, sentences
from incidents.machines import LONGEST
from incidents.models import Severity
from incidents.steps.report import Report
from incidents.urgency import SAID
from office.forms import ChipsTextarea, Idempotent, MakotoForm, PickerInput, choose_from
from office.models import User
from office.roles import Role

NEXT = [("today", _("Within today")), ("time", _("At a time we named")), ("none", _("Nothing promised yet"))]
PHRASES = (_("By telephone: "), _("At the customer's: "), _("Found by ourselves: "))
URGENCY = [("", _("Not said")), *((value, _(words)) for value, words in SAID.items())]
SUMMARY_HELP = _("What you know is enough. You can speak it in, too.")


def summary_field() -> forms.CharField:
    """What happened, with phrases to begin with."""
    area = ChipsTextarea(PHRASES)
    return forms.CharField(label=_("What happened?"), max_length=4000, widget=area, help_text=SUMMARY_HELP)


def urgency_field() -> forms.ChoiceField:
    """How urgent the customer called it; "no hurry" is noted and treated like any other (practice 2-03)."""
    return one_of(URGENCY, _("How urgent the customer called it"), help_text=_("What is due when stays as it is."))


class ReportForm(PaperForm):
    """The paper of the report step."""

    paper = Report
    folded = ("customer_words", "urgency_said", "told_by_customer", "by_mouth")

    summary = summary_field()
    next_contact = one_of(NEXT, _("When will the customer hear from us?"), required=True)
    next_contact_at = moment(_("The time we named"))
    customer_words = sentences(_("The customer's words"), rows=2)
    urgency_said = urgency_field()
    told_by_customer = forms.BooleanField(label=_("The customer told us"), required=False, initial=True)
    by_mouth = forms.BooleanField(label=_("Reported to the boss by word of mouth"), required=False)


class FirstReportForm(Idempotent, MakotoForm):
    """What opens an incident. Customer, what happened and next contact are asked; the rest is known or may wait."""

    folded = (
        "references", "aware_at", "kind", "machine", "severity", "customer_words", "urgency_said", "told_by_customer",
        "told_to",
    )  # fmt: skip

    customer = forms.CharField(
        label=_("Customer"), max_length=200, help_text=_("Name, reading or telephone number"),
        widget=PickerInput("incidents:customers"),
    )  # fmt: skip
    pick = forms.IntegerField(required=False, widget=forms.HiddenInput)
    spread = forms.IntegerField(required=False, widget=forms.HiddenInput)  # the look elsewhere that found it
    summary = summary_field()
    next_contact = one_of(NEXT, _("When will the customer hear from us?"), required=True)
    next_contact_at = moment(_("The time we named"))
    references = forms.CharField(
        label=_("Numbers it is about"), max_length=400, required=False,
        help_text=_("Of invoices, orders and deliveries, as many as you like, with a comma or a blank between them."),
    )  # fmt: skip
    aware_at = moment(_("When we learned of it"), help_text=_("Empty: now"))
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    machine = line(
        _("Which machine? (serial number)"), limit=LONGEST,
        help_text=_("Where something we delivered does not work: as it stands on the plate."),
    )  # fmt: skip
    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices, required=False, initial=Severity.B)
    customer_words = sentences(_("The customer's words"), rows=2)
    urgency_said = urgency_field()
    told_by_customer = one_of(
        [("yes", _("The customer told us")), ("no", _("We found it ourselves"))], _("How did we learn of it?")
    )
    told_to = ColleagueField(label=_("Report to another boss"), required=False, help_text=_("No reason is asked."))

    def __init__(self, *args: Any, bosses: list[User] | None = None, numbers: bool = True, **kwargs: Any) -> None:
        """numbers: whether billing is part of the writer's work at all; others cannot name its papers."""
        super().__init__(*args, **kwargs)
        if not numbers:
            del self.fields["references"]
        choose_from(self, "kind", kind_choices())
        self.fields["told_by_customer"].initial = "yes"
        found = [(str(user.pk), user.called) for user in bosses or ()]
        choose_from(self, "told_to", [("", _("The boss in charge")), *found])

    @property
    def first(self) -> list[forms.BoundField]:
        """The three questions, and the time that belongs to the third; the customer is drawn by the page."""
        return [self[name] for name in ("summary", "next_contact", "next_contact_at")]

    @property
    def rest(self) -> list[forms.BoundField]:
        """What may wait."""
        return [self[name] for name in self.folded if name in self.fields]

    @property
    def rest_opens(self) -> bool:
        """Whether something folded must be corrected, or was begun by the page one came from."""
        return any(field.errors for field in self.rest) or bool(self.initial.get("references"))

    def as_paper(self, *, by_mouth: bool) -> dict[str, Any]:
        """The report's paper; the customer must be known by then."""
        cleaned = self.cleaned_data
        at = cleaned["next_contact_at"]
        return {
            "summary": cleaned["summary"],
            "next_contact": cleaned["next_contact"],
            "next_contact_at": at.isoformat() if at and cleaned["next_contact"] == "time" else None,
            "by_mouth": by_mouth,
            "customer_words": cleaned["customer_words"],
            "urgency_said": cleaned["urgency_said"],
            "told_by_customer": cleaned["told_by_customer"] != "no",
        }


def kind_choices() -> list[tuple[str, Any]]:
    """Every kind of incident with its words, the untriaged first."""
    found = sorted(playbooks().values(), key=lambda playbook: playbook.triaged)
    return [(playbook.key, _(playbook.label)) for playbook in found]


def bosses(users: tuple[User, ...]) -> list[User]:
    """Those to whom one may report."""
    return [user for user in users if any(user.has_role(r) for r in (Role.MANAGER, Role.BRANCH_HEAD, Role.DIRECTOR))]
