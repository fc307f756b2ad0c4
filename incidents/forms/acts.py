"""The forms of the acts that have a page of their own: by command."""

from collections.abc import Mapping

from incidents.forms.abuse import AbuseAnswerForm, AbuseForm
from incidents.forms.accompaniment import ReplyForm, RequestForm
from incidents.forms.alternatives import (
    AgreementForm,
    AlternativesForm,
    BackForm,
    ChosenForm,
    CounterOfferForm,
    OfferForm,
    OpenForm,
)
from incidents.forms.base import PaperForm
from incidents.forms.claims import ClaimsForm
from incidents.forms.counsel import (
    AdviceForm,
    DissentForm,
    OpinionForm,
    OutsideViewForm,
    QuestionForm,
    SharedForm,
    WithdrawnForm,
)
from incidents.forms.endings import MergeForm, PauseForm, RestForm, SplitForm
from incidents.forms.final_date import (
    AbsenceForm,
    ExpectationForm,
    FinalDateEndForm,
    FinalDateForm,
    FinalDateMoveForm,
    RefuseAbsenceForm,
)
from incidents.forms.handed import HandedOverForm
from incidents.forms.listening import ListeningForm
from incidents.forms.losses import LossSheetForm, ToldForm
from incidents.forms.machine import MachineForm
from incidents.forms.recovery import RecoveryForm, ReferralForm
from incidents.forms.references import NumbersForm
from incidents.forms.rehearsal import RehearsalForm
from incidents.forms.repairs import RepairDayForm, RepairWindowForm
from incidents.forms.residuals import SignOffForm
from incidents.forms.risk import LiftedForm, RiskForm
from incidents.forms.route import RouteForm
from incidents.forms.ways import WayForm

ACTS: Mapping[str, type[PaperForm]] = {
    "set_final_date": FinalDateForm,
    "confirm_final_date": ExpectationForm,
    "move_final_date": FinalDateMoveForm,
    "meet_final_date": FinalDateEndForm,
    "lift_final_date": FinalDateEndForm,
    "ask_absence": AbsenceForm,
    "refuse_absence": RefuseAbsenceForm,
    "prepare_alternatives": AlternativesForm,
    "agree_alternatives": ChosenForm,
    "return_alternatives": BackForm,
    "open_alternatives": OpenForm,
    "offer_made": OfferForm,
    "counter_offer": CounterOfferForm,
    "agreement": AgreementForm,
    "note_listening": ListeningForm,
    "note_claims": ClaimsForm,
    "note_papers": HandedOverForm,
    "loss_sheet": LossSheetForm,
    "set_repair_period": RepairWindowForm,
    "log_repair": RepairDayForm,
    "choose_way": WayForm,
    "told_to_customer": ToldForm,
    "sign_off": SignOffForm,
    "name_references": NumbersForm,
    "name_machine": MachineForm,
    "note_risk": RiskForm,
    "lift_risk": LiftedForm,
    "note_recovery": RecoveryForm,
    "note_referral": ReferralForm,
    "note_abuse": AbuseForm,
    "answer_abuse": AbuseAnswerForm,
    "advise": AdviceForm,
    "dissent": DissentForm,
    "ask_opinion": QuestionForm,
    "ask_outside_view": OutsideViewForm,
    "answer_opinion": OpinionForm,
    "share_opinion": SharedForm,
    "withdraw_opinion": WithdrawnForm,
    "rehearse": RehearsalForm,
    "ask_accompaniment": RequestForm,
    "answer_accompaniment": ReplyForm,
    "choose_boss": RouteForm,
    "merge": MergeForm,
    "split": SplitForm,
    "rest": RestForm,
    "pause": PauseForm,
}
# offered beside what they settle, not in the list of acts
ASIDE: frozenset[str] = frozenset(
    {
        "confirm_final_date", "move_final_date", "meet_final_date", "lift_final_date", "ask_absence", "refuse_absence",
        "agree_alternatives", "return_alternatives", "open_alternatives", "offer_made",
        "set_repair_period", "log_repair", "answer_abuse", "lift_risk", "choose_way", "note_recovery",
        "note_referral",
        "answer_opinion", "share_opinion", "withdraw_opinion", "answer_accompaniment",
    }
)  # fmt: skip
