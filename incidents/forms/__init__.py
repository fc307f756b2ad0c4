"""The forms of the papers: one file per kind of step, the same field names as its paper."""

from collections.abc import Mapping

from incidents.forms.base import PaperForm
from incidents.forms.comparison import ComparisonForm
from incidents.forms.compensation import CompensationForm
from incidents.forms.effect_check import EffectCheckForm
from incidents.forms.first_apology import FirstApologyForm
from incidents.forms.follow_up import FollowUpForm
from incidents.forms.hand_over import HandOverForm
from incidents.forms.hearing import HearingForm
from incidents.forms.new_date import NewDateForm
from incidents.forms.plan import PlanForm
from incidents.forms.prevention import PreventionForm
from incidents.forms.recheck import RecheckForm, ReplacementForm
from incidents.forms.repair_period import RepairPeriodForm
from incidents.forms.report import ReportForm
from incidents.forms.signs import SignsForm
from incidents.forms.visit import ArrangementForm, VisitForm

FORMS: Mapping[str, type[PaperForm]] = {  # by kind of step; the letter has an editor of its own
    "report": ReportForm,
    "first_apology": FirstApologyForm,
    "hearing": HearingForm,
    "signs": SignsForm,
    "comparison": ComparisonForm,
    "new_date": NewDateForm,
    "plan": PlanForm,
    "visit": VisitForm,
    "repair_period": RepairPeriodForm,
    "recheck": RecheckForm,
    "replacement": ReplacementForm,
    "hand_over": HandOverForm,
    "compensation": CompensationForm,
    "prevention": PreventionForm,
    "effect_check": EffectCheckForm,
    "follow_up": FollowUpForm,
}
ARRANGEMENTS: Mapping[str, type[PaperForm]] = {"visit": ArrangementForm}

__all__ = ["ARRANGEMENTS", "FORMS", "PaperForm"]
