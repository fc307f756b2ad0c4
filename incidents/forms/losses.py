"""The loss sheet, and what the customer was told of our decision."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.alternatives import choices
from incidents.forms.base import ContactsField, PaperForm, line, moment
from incidents.forms.lines import LineForm, LinesForm, hidden_lines, yen_field
from incidents.leaves.losses import LOSS_SHEET, LOSSES, MOST_LINES, LossLine, LossSheet, Told
from office.clock import local_day


class LossLineForm(LineForm):
    """One loss."""

    paper = LossLine
    counts = ("sort", "quantity", "yen", "basis")

    sort = forms.ChoiceField(label=_("What was lost"), choices=[("", _("Please choose")), *choices(LOSSES)])
    quantity = line(_("How much"), limit=20, inputmode="decimal")
    unit = line(_("Unit"), limit=20, help_text=_("Hours, people, pieces."))
    yen = yen_field(_("In yen"), help_text=_("Empty: not yet known."))
    basis = line(_("How we know"), limit=300, required=True)


class LossSheetForm(LinesForm):
    """All losses known now."""

    paper = LossSheet
    slot, line_form, heading = "losses", LossLineForm, _("Loss %(n)s")
    at_first, most = 1, MOST_LINES

    losses = hidden_lines(_("Losses"))

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """The sheet as it stands."""
        known = [leaf for leaf in page.of_sort(LOSS_SHEET) if leaf.ended_at is None]
        return dict(json.loads(known[-1].text)) if known else {}


class ToldForm(PaperForm):
    """When and to whom it was told, and what follows."""

    paper = Told
    folded = ("to_name",)

    told_on = forms.DateField(label=_("Told on"))
    to = ContactsField(label=_("To whom"), required=False)
    what = line(
        _("What the customer gets"), limit=300, help_text=_("It stands in the promise ledger until it is done.")
    )
    by = moment(_("By when"))
    to_name = line(_("Somebody else"), limit=120)

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """Today, as a rule."""
        return {"told_on": local_day(page.now)}
