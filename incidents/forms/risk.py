"""What the customer says of our dealings as a whole, and that it is over."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from incidents.forms.alternatives import choices
from incidents.forms.base import ContactField, PaperForm, line, one_of, sentences
from incidents.leaves.base import known_of
from incidents.leaves.risk import KNOWN_AS, SORTS, Lifted, Risk
from office.forms import choose_from


class RiskForm(PaperForm):
    """Of which sort, in which words, by whom."""

    paper = Risk
    folded = ("said_by_name",)

    sort = one_of(choices(SORTS), _("What is at stake"), required=True)
    words = sentences(_("The customer's words"), required=True, rows=2, help_text=_("As they were said."))
    said_by = ContactField(label=_("Who said it"))
    said_by_name = line(_("If not on the list: rank and name"), limit=80)


class LiftedForm(PaperForm):
    """Which one is over, and what shows it."""

    paper = Lifted

    sort = one_of(choices(SORTS), _("What is over"), required=True)
    words = sentences(_("What shows it"), required=True, rows=2, help_text=_("What the customer said or agreed to."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        risks = known_of(self.setting).get(KNOWN_AS, {})
        choose_from(self, "sort", [(sort, text) for sort, text in choices(SORTS) if sort in risks])
