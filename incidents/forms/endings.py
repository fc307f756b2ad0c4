"""Ends that are none: merged into another incident, split in two, at rest or waiting until a day."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import Promise
from incidents.forms.alternatives import choices
from incidents.forms.base import PaperForm, one_of, sentences
from incidents.forms.report import kind_choices
from incidents.leaves.base import read_as
from incidents.leaves.claims import CLAIMS, Claims
from incidents.leaves.lesson import LESSON, Lesson
from incidents.models import Leaf, Severity
from incidents.orders import Into, Rest
from incidents.pausing import REASONS, Pause
from incidents.selectors import siblings
from incidents.splitting import Split
from office.clock import local_day
from office.forms import choose_from
from office.templatetags.makoto import day
from office.viewer import viewer_for


class MergeForm(PaperForm):
    """The incident it belongs to, among those of the customer that go on."""

    paper = Into

    number = forms.ChoiceField(label=_("Into which incident"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        viewer = viewer_for(self.setting.actor, self.setting.at)
        rows = siblings(viewer, self.setting.incident).values_list("number", "summary")
        choose_from(self, "number", [(number, f"{number} {text}") for number, text in rows])


class RestForm(PaperForm):
    """Until when, and why; what other accounts can learn of it."""

    paper = Rest

    until = forms.DateField(label=_("Look again on"))
    text = sentences(_("Reason"), required=True, rows=2)
    lesson = sentences(
        _("Lesson for other accounts"), required=True, rows=2,
        help_text=_("What we would do otherwise, without names: whoever works on a similar case reads it."),
    )  # fmt: skip

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """The lesson as it stands, where the incident rests on."""
        found = page.of_sort(LESSON)
        return {"lesson": read_as(Lesson, found[-1]).text} if found else {}


class PauseForm(PaperForm):
    """Why our clock stands still, until when, and what we wait for."""

    paper = Pause

    reason = one_of(choices(REASONS), _("What we wait for"), required=True)
    until = forms.DateField(label=_("The clock goes on on"))
    text = sentences(
        _("In words"), required=True, rows=2, help_text=_("Promises to the customer and visits go on as they are.")
    )


class SplitForm(PaperForm):
    """The second matter, and what goes along of the first; only what there is is asked."""

    paper = Split
    folded = ("points", "invoice")

    summary = sentences(_("What is the second matter?"), required=True, help_text=_("It becomes its first report."))
    kind = forms.ChoiceField(label=_("Kind"))
    severity = one_of(Severity.choices, _("Severity"), required=True)
    claims = forms.MultipleChoiceField(
        label=_("Claims that go along"), required=False, widget=forms.CheckboxSelectMultiple
    )
    promises = forms.TypedMultipleChoiceField(
        label=_("Promises that go along"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    points = forms.MultipleChoiceField(
        label=_("What we apologise for there"), required=False, widget=forms.CheckboxSelectMultiple
    )
    invoice = forms.BooleanField(label=_("The invoice goes along"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        incident = self.setting.incident
        self.fields["severity"].initial = incident.severity
        choose_from(self, "kind", kind_choices())
        sheet = Leaf.objects.filter(incident=incident, sort=CLAIMS, ended_at=None).last()
        claims = [claim.said for claim in read_as(Claims, sheet).claims] if sheet else []
        rows = Promise.objects.open().filter(number=incident.number).order_by("answer_by", "pk")
        promises = [
            (pk, format_html("{} ({})", gettext(what), day(local_day(by))))
            for pk, what, by in rows.values_list("pk", "what", "answer_by")
        ]
        self._offer("claims", [(said, said) for said in claims])
        self._offer("promises", promises)
        self._offer("points", [(point, point) for point in self.setting.points])
        if incident.invoice:
            self.fields["invoice"].help_text = incident.invoice
        else:
            del self.fields["invoice"]

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """What came in as one: the writer leaves of it what is the second matter."""
        return {"summary": page.incident.summary}

    def _offer(self, name: str, found: list[tuple[Any, Any]]) -> None:
        """Ask only for what there is; what somebody chose on an older page is refused beside its field."""
        if found or name in self.data:
            choose_from(self, name, found)
        else:
            del self.fields[name]
