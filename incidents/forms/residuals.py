"""The customer's sign-off of a residual item."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ContactField, PaperForm, line, sentences
from incidents.leaves.residuals import SignOff, residuals_of
from office.clock import local_day
from office.forms import choose_from
from office.templatetags.makoto import day


class SignOffForm(PaperForm):
    """Which item, by whom, on which day."""

    paper = SignOff
    folded = ("signed_by_name", "note")

    promise = forms.TypedChoiceField(label=_("Residual item"), coerce=int, widget=forms.RadioSelect)
    signed_by = ContactField(label=_("Who of the customer signed it off"))
    signed_on = forms.DateField(label=_("Signed off on"))
    signed_by_name = line(_("If not on the list: rank and name"), limit=80)
    note = sentences(_("What is to be said of it"), rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = residuals_of(self.setting.incident).values_list("pk", "what", "answer_by")
        choices = [(pk, format_html("{} ({})", what, day(local_day(by)))) for pk, what, by in items]
        choose_from(self, "promise", choices)
        if not choices:  # the last one was signed off in the ledger
            self.fields["promise"].help_text = _("No residual item waits for its sign-off.")

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """The next item, today."""
        item = residuals_of(page.incident).first()
        return {"signed_on": local_day(page.now), "promise": item.pk if item else None}
