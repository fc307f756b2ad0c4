"""Alternatives and what comes of them: prepared, given back, offered, answered, agreed."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ColleagueField, ContactsField, PaperForm, line, one_of, sentences
from incidents.forms.lines import LineForm, LinesForm, hidden_lines, ticked, yen_field
from incidents.leaves.alternatives import (
    KINDS,
    MOST_OPTIONS,
    Alternative,
    Alternatives,
    Back,
    Chosen,
    Reason,
    option_words,
    waiting_for,
)
from incidents.leaves.base import read_as
from incidents.leaves.offers import ANSWERS, PAYERS, Agreement, CounterOffer, Offer
from incidents.models import Leaf
from incidents.steps.opening import SORT
from office.forms import choose_from


def choices(words: dict[str, str]) -> list[tuple[str, Any]]:
    """Marked msgids as choices."""
    return [(key, gettext_lazy(text)) for key, text in words.items()]


class AlternativeForm(LineForm):
    """One thing we could do."""

    paper = Alternative
    counts = ("what", "cost")

    what = line(_("What we could do"), limit=300, required=True)
    kind = forms.ChoiceField(label=_("What kind"), choices=[("", _("Please choose")), *choices(KINDS)])
    cost = yen_field(_("Cost in yen"), required=True)
    owed = ticked(_("The customer is entitled to it"))


class AlternativesForm(LinesForm):
    """Several, in the order in which they would be offered."""

    paper = Alternatives
    slot, line_form, heading = "options", AlternativeForm, _("Alternative %(n)s")
    most = MOST_OPTIONS
    folded = ("who",)

    options = hidden_lines(_("Alternatives"))
    who = ColleagueField(
        label=_("With which boss"), required=False,
        help_text=_("Empty: the owner's boss. While a boss is away, whoever stands in for them reads and answers."),
    )  # fmt: skip

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """What the same writer has not got through yet is written on."""
        me = page.view.viewer.user.pk
        mine = [leaf for leaf in page.of_sort(SORT) if leaf.by_id == me and leaf.state in ("open", "returned")]
        return dict(json.loads(mine[-1].text)) if mine else {}


class ChosenForm(PaperForm):
    """The set that was read."""

    paper = Chosen

    leaf = forms.IntegerField(label=_("Alternatives"), widget=forms.HiddenInput)

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """The set that waits for this boss, or for one they stand in for."""
        viewer = page.view.viewer
        return {"leaf": waiting_for(page.view.case.known, viewer.user.pk, viewer.acts_for)}


class BackForm(PaperForm):
    """The set that was read, and what is missing in it."""

    paper = Back

    leaf = forms.IntegerField(label=_("Alternatives"), widget=forms.HiddenInput)
    text = sentences(_("Reason"), required=True, rows=2)

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """The set that waits for this boss."""
        return ChosenForm.begun(page)


class OpenForm(PaperForm):
    """Why they are laid open now."""

    paper = Reason

    text = sentences(_("Reason"), required=True, rows=2, help_text=_("Everybody who sees the incident reads it."))


class OfferForm(PaperForm):
    """Which one was offered, and what the customer said."""

    paper = Offer

    option = one_of((), _("What was offered"), required=True)
    answer = one_of(choices(ANSWERS), _("The customer's answer"), required=True)
    words = sentences(_("The customer's words"), rows=2, help_text=_("As they were said."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "option", self._open)

    def _open(self) -> list[tuple[str, str]]:
        rows = Leaf.objects.filter(incident=self.setting.incident, sort=SORT, confidential=False).order_by("-pk")
        return [
            (f"{leaf.pk}:{place}", option_words(option))
            for leaf in rows for place, option in enumerate(read_as(Alternatives, leaf).options)
        ]  # fmt: skip


class CounterOfferForm(PaperForm):
    """What the customer proposes."""

    paper = CounterOffer

    text = sentences(_("The customer's proposal"), required=True, help_text=_("As it was said."))
    amount = yen_field(_("Amount in yen"))


class AgreementForm(PaperForm):
    """What was agreed."""

    paper = Agreement
    folded = ("to",)

    text = line(_("What was agreed"), limit=300, required=True)
    payer = one_of(choices(PAYERS), _("Who bears the cost"), required=True)
    amount = yen_field(_("Amount in yen"), help_text=_("Empty: no money."))
    by = forms.DateField(label=_("By when it is done"), help_text=_("It becomes a promise in the ledger."))
    to = ContactsField(label=_("With whom"), required=False)

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """The customer's last proposal, or what they took."""
        if proposals := page.of_sort("counter_offer"):
            said = json.loads(proposals[-1].text)
            return {"text": str(said["text"])[:300], "amount": said["amount"], "payer": "us"}
        taken = [said for leaf in page.of_sort("offer") if (said := json.loads(leaf.text))["answer"] == "accepted"]
        return {"text": taken[-1]["what"], "payer": "us"} if taken else {"payer": "us"}
