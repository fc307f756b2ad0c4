"""Apology visit: the arrangement first, the result afterwards."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.engine.codec import case_from_json
from incidents.forms.base import ColleaguesField, ContactsField, HoursField, PaperForm, line, moment, one_of, sentences
from incidents.forms.lines import ticked
from incidents.steps import Setting
from incidents.steps.visit import VisitArrangement, VisitResult
from office.forms import choose_from

REACTIONS = [
    ("accepted", _("Accepted")),
    ("conditional", _("Accepted on a condition")),
    ("pending", _("Waits and sees")),
    ("not_accepted", _("Not accepted")),
    ("not_met", _("Nobody could be met")),
    ("banned", _("Asked us to stay away")),
]
NO_GIFTS = _("This customer takes no gifts.")
FIRST = _("Cause and prevention are still empty. Shall they be prepared first?")
GIFTS = [
    ("none", _("None")),
    ("handed_over", _("Handed over")),
    ("taken_home", _("Taken home again")),
    ("declined", _("Declined")),
]


def _beside_gift(setting: Setting) -> str:
    """A gift never takes the place of cause and measures, and some customers forbid it: a hint, no lock (0-06)."""
    plan = case_from_json(setting.incident.case).facts("plan")
    ready = plan.get("cause_stated") and plan.get("prevention_stated")
    found = [NO_GIFTS] if setting.incident.customer.gift_refused else []
    return " ".join(str(words) for words in (found if ready else [*found, FIRST]))


class PointsField(forms.MultipleChoiceField):
    """What we apologise for, to tick as it is said; the form says which points there are."""


class ArrangementForm(PaperForm):
    """The paper of the arrangement."""

    paper = VisitArrangement
    folded = ("place", "purpose", "confirmed")
    repeats = True

    starts = moment(_("When"), required=True)
    meets = ContactsField(label=_("Whom we shall see"), required=False)
    attendees = ColleaguesField(label=_("Who goes to the customer"), required=False)
    apology_points = sentences(_("What we apologise for"), help_text=_("One point a line."))
    place = line(_("Where"), limit=200)
    purpose = line(_("What the meeting is for"), limit=200)
    confirmed = forms.BooleanField(label=_("Purpose and attendees are confirmed with the customer"), required=False)


class VisitForm(PaperForm):
    """The paper of the result."""

    paper = VisitResult
    folded = ("why_not", "gift", "hours")
    repeats = True
    shown_by: ClassVar[Mapping[str, str]] = {"conditions": "reaction=conditional"}

    met = ContactsField(label=_("Whom we met"), required=False)
    points = PointsField(
        label=_("What we apologise for: said to the customer"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("What stays unticked is shown to the boss and in the follow-up."),
    )  # fmt: skip
    reaction = one_of(REACTIONS, _("How the customer took it"), required=True)
    conditions = sentences(
        _("On which conditions"), rows=2, help_text=_("Where they accept on a condition: it goes to the boss.")
    )
    asks_proposal = ticked(_("The customer asks what we propose"))
    words = sentences(_("The customer's words"), help_text=_("As they were said."))
    promise_what = line(_("The next promise"), limit=300)
    promise_by = moment(_("By when"), help_text=_("Where they wait and see: when we make contact, as agreed."))
    why_not = sentences(_("Why nobody could be met"), rows=2)
    gift = one_of(GIFTS, _("Token of apology"))
    hours = HoursField(
        label=_("Hours it took"), required=False, min_value=0, max_value=500,
        help_text=_("Of everybody who went, the way included."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "points", lambda: [(point, point) for point in self.setting.points])
        self.fields["gift"].help_text = _beside_gift(self.setting)

    @property
    def first(self) -> list[forms.BoundField]:
        """The fields in sight; no list where no point was named."""
        return [field for field in super().first if field.name != "points" or self.setting.points]

    def as_paper(self) -> dict[str, Any]:
        """Every point, said or not."""
        said = self.cleaned_data.get("points", ())
        return {**super().as_paper(), "points": [{"what": p, "said": p in said} for p in self.setting.points]}
