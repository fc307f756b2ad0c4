"""The small forms: a reason, a word, a further report, the people in charge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ColleagueField, PaperForm, line, sentences
from incidents.forms.report import kind_choices
from incidents.models import Measure, NightlyCheck, Severity
from incidents.orders import NewKind, NewSeverity, People, Said, Text
from office.forms import Idempotent, MakotoForm, choose_from
from office.models import User


class TextForm(PaperForm):
    """A reason, a remark, a word by mouth."""

    paper = Text

    text = sentences(_("Reason"), required=True, rows=2)


class SaidForm(PaperForm):
    """A further report, or what the customer said."""

    paper = Said

    text = sentences(_("Further report"), required=True)
    said_by = line(_("Who said it"), limit=80, help_text=_("Empty: it is our own report."))


class KindForm(PaperForm):
    """The kind it turned out to be."""

    paper = NewKind

    kind = forms.ChoiceField(label=_("Kind"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.setting.incident.kind
        choices = [choice for choice in kind_choices() if choice[0] not in (now, "untriaged")]
        choose_from(self, "kind", choices)


class SeverityForm(PaperForm):
    """A, B or C."""

    paper = NewSeverity

    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices)
    text = sentences(_("Reason"), rows=2, help_text=_("Needed to lower it."))


class PeopleForm(PaperForm):
    """Who is in charge from now on."""

    paper = People

    owner = ColleagueField(label=_("Owner"))
    deputy = ColleagueField(label=_("Deputy"), required=False)
    liaison = ColleagueField(label=_("The customer's one window"), required=False)


class MeasureDoneForm(Idempotent, MakotoForm):
    """A measure has been carried out."""

    evidence = sentences(_("What shows that it was done"), required=True)


class NightlyForm(MakotoForm):
    """What is counted each night for a measure, how much of it is all right, until when."""

    what = forms.ChoiceField(label=_("What is counted"), choices=NightlyCheck.What)
    most = forms.IntegerField(label=_("All right up to"), initial=0)
    until = forms.DateField(label=_("Until (day)"))


class MeasureForm(Idempotent, MakotoForm):
    """A measure raised from any record: what, what it changes, who and by when."""

    what = line(_("Measure"), limit=300, required=True)
    scope = forms.ChoiceField(label=_("It changes"), choices=[("", _("Please choose")), *Measure.Scope.choices])
    reason = line(
        _("Why the person alone is enough"), limit=300, help_text=_("Only when no procedure and no system changes.")
    )
    owner = forms.TypedChoiceField(label=_("Carried out by"), coerce=int)
    due = forms.DateField(label=_("By when"))

    def __init__(self, *args: Any, users: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "owner", [(str(user.pk), user.called) for user in users])
