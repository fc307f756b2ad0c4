"""Papers handed over: each a line, the day, and to whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ContactsField, line
from incidents.forms.lines import LineForm, LinesForm, hidden_lines
from incidents.leaves.handed import MOST, Handed, HandedOver
from office.clock import local_day


class HandedForm(LineForm):
    """One paper."""

    paper = Handed
    counts = ("name", "edition")

    name = line(_("Name of the paper"), limit=120, required=True, help_text=_("Catalogue, drawing, instructions …"))
    edition = line(_("Edition or number"), limit=60)
    copies = forms.IntegerField(
        label=_("Copies"), required=False, min_value=1, max_value=999, initial=1,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip


class HandedOverForm(LinesForm):
    """The papers of one day."""

    paper = HandedOver
    slot, line_form, heading = "papers", HandedForm, _("Paper %(n)s")
    at_first, most = 2, MOST
    none_written = _("Write at least one paper.")
    folded = ("to_name",)

    papers = hidden_lines(_("Papers"))
    on = forms.DateField(label=_("Handed over on"))
    to = ContactsField(label=_("To whom"), required=False)
    to_name = line(_("Somebody else"), limit=120)

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """Today, to whom the last visit met."""
        return {"on": local_day(page.now), "to": page.result.get("met", [])}
