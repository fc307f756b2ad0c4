"""The claims of the customer under their themes, and the real wish."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.alternatives import choices
from incidents.forms.base import line, one_of, sentences
from incidents.forms.lines import LineForm, LinesForm, hidden_lines
from incidents.leaves.claims import CLAIMS, MOST_CLAIMS, THEMES, Claim, Claims

CONFIRMED = [("no", _("Not yet confirmed")), ("yes", _("The customer has confirmed it"))]


class ClaimForm(LineForm):
    """One claim."""

    paper = Claim
    counts = ("said", "theme", "answer")

    said = line(_("The claim"), limit=300, required=True, help_text=_("In the customer's words."))
    theme = forms.ChoiceField(label=_("Theme"), choices=[("", _("Please choose")), *choices(THEMES)])
    answer = line(_("What answers it"), limit=300, help_text=_("Empty: nothing answers it yet."))


class ClaimsForm(LinesForm):
    """All claims known now."""

    paper = Claims
    slot, line_form, heading = "claims", ClaimForm, _("Claim %(n)s")
    at_first, most = 2, MOST_CLAIMS

    claims = hidden_lines(_("Claims"))
    wish = sentences(_("What the customer really wishes"), rows=2, help_text=_("What lies behind all of it."))
    confirmed = one_of(CONFIRMED, _("Is it what they wish?"))

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """The sheet as it stands; at first the wish the hearing has brought."""
        known = [leaf for leaf in page.of_sort(CLAIMS) if leaf.ended_at is None]
        return dict(json.loads(known[-1].text)) if known else {"wish": page.record.paper("hearing").get("wish", "")}
