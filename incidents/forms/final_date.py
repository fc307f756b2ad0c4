"""The final date a customer has set: set, confirmed, moved, met, taken back; an absence from the day."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ColleagueField, ContactField, PaperForm, line, sentences
from incidents.leaves.final_date import (
    FINAL_DATE,
    Absence,
    Expectation,
    FinalDate,
    FinalDateEnd,
    FinalDateMove,
    known_of,
)
from incidents.orders import Text
from office.clock import local_day
from office.forms import choices_of, choose_from

OTHER = _("If not on the list: rank and name")
AS_SAID = _("As they were said.")


def _other() -> forms.CharField:
    return line(OTHER, limit=80)


class FinalDateForm(PaperForm):
    """The day, what happens after it, who said so, what is expected on it."""

    paper = FinalDate
    folded = ("at_time", "said_by_name", "words", "confirmed", "companion")

    day = forms.DateField(label=_("Final date"))
    consequence = sentences(_("If the date passes"), required=True, rows=2, help_text=_("In the customer's words."))
    said_by = ContactField(label=_("Who said it"))
    expects = sentences(_("What the customer expects on that day"), required=True, rows=2)
    at_time = forms.TimeField(label=_("Time"), required=False, help_text=_("Empty: until we close on that day."))
    said_by_name = _other()
    words = sentences(_("The customer's words"), help_text=AS_SAID)
    confirmed = forms.BooleanField(label=_("Confirmed with the customer"), required=False)
    companion = ColleagueField(label=_("Who goes along"), required=False)


class ExpectationForm(PaperForm):
    """What is expected, as the customer confirmed it."""

    paper = Expectation
    folded = ("said_by_name",)

    expects = sentences(_("What the customer expects on that day"), required=True, rows=2)
    said_by = ContactField(label=_("Who confirmed it"))
    said_by_name = _other()

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """What was recorded when the date was set."""
        data = page.data_of(FINAL_DATE)
        return {name: data.get(name) for name in ("expects", "said_by", "said_by_name")}


class FinalDateMoveForm(PaperForm):
    """Another day, and who agreed when."""

    paper = FinalDateMove
    folded = ("at_time", "agreed_by_name", "words")

    day = forms.DateField(label=_("New final date"))
    agreed_by = ContactField(label=_("Who of the customer agreed"))
    agreed_on = forms.DateField(label=_("Agreed on"))
    at_time = forms.TimeField(label=_("Time"), required=False, help_text=_("Empty: until we close on that day."))
    agreed_by_name = _other()
    words = sentences(_("The customer's words"), help_text=AS_SAID)

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """The customer's agreement is mostly recorded on its day."""
        data = page.data_of(FINAL_DATE)
        return {"agreed_on": local_day(page.now), "agreed_by": data.get("said_by"),
                "agreed_by_name": data.get("said_by_name")}  # fmt: skip


class FinalDateEndForm(PaperForm):
    """What the customer said, and who."""

    paper = FinalDateEnd
    folded = ("said_by_name",)

    words = sentences(_("The customer's words"), required=True, help_text=AS_SAID)
    said_by = ContactField(label=_("Who said it"))
    said_by_name = _other()


class AbsenceForm(PaperForm):
    """Who goes instead, and who of the customer agreed when."""

    paper = Absence
    folded = ("agreed_by_name", "reason", "companion")

    goes = ColleagueField(label=_("Who goes instead"))
    agreed_by = ContactField(label=_("Who of the customer agreed"))
    agreed_on = forms.DateField(label=_("Agreed on"))
    agreed_by_name = _other()
    reason = sentences(_("Reason"), rows=2)
    companion = ColleagueField(label=_("Who goes along"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = known_of(self.setting.incident).get("final_goes")
        choose_from(self, "goes", [choice for choice in choices_of(self, "goes") if choice[0] != str(held)])

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """Asked and agreed mostly on the same day."""
        incident = page.incident
        others = [pk for pk in (incident.owner_id, incident.deputy_id) if pk != known_of(incident).get("final_goes")]
        return {"agreed_on": local_day(page.now), "goes": others[0] if others else None}


class RefuseAbsenceForm(PaperForm):
    """Why the day stays with the liaison."""

    paper = Text

    text = sentences(_("Reason"), required=True, rows=2)
