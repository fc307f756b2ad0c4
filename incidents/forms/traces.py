"""The facts of our own record beside a cause: ticked, they are taken over as what shows it (practices 4-06, 4-08)."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import PaperForm
from incidents.traces import MOST, Trace, traces
from office.viewer import viewer_for


class TracesField(forms.MultipleChoiceField):
    """Facts of our record by their keys; the form says which there are."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, **kwargs)


class Ticked(NamedTuple):
    """A fact as it is drawn."""

    trace: Trace
    ticked: bool


class TracedForm(PaperForm):
    """A paper about a cause, with a field `found`.

    traced: what is drawn in the fold of the facts; traced_after: the field after which it stands; traced_open: at once.
    """

    traced: ClassVar[tuple[str, ...]] = ("found",)
    traced_after: ClassVar[str]
    traced_open: ClassVar[bool] = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "found" in self.initial:
            self.initial["found"] = [one if isinstance(one, str) else one["key"] for one in self.initial["found"] or ()]
        field = self.fields["found"]
        assert isinstance(field, TracesField)
        field.choices = lambda: [(trace.key, trace.text) for trace in self.known]

    @cached_property
    def known(self) -> list[Trace]:
        """Everything our record shows; read when it is first asked for."""
        return traces(viewer_for(self.setting.actor, self.setting.at), self.setting.incident)

    @property
    def traces(self) -> list[Ticked]:
        """The newest facts, and those that are ticked."""
        wanted = set(self["found"].value() or ())
        return [
            Ticked(trace, trace.key in wanted)
            for place, trace in enumerate(self.known) if place < MOST or trace.key in wanted
        ]  # fmt: skip

    @property
    def beside(self) -> list[forms.BoundField]:
        """The fields drawn with the facts."""
        return [self[name] for name in self.traced if name != "found"]

    @property
    def first(self) -> list[forms.BoundField]:
        """The fields in sight, but those beside the facts."""
        return [field for field in super().first if field.name not in self.traced]

    @property
    def traced_in_use(self) -> bool:
        """Whether something of it is written or refused: then it is shown open."""
        used = (self[name].errors or self[name].value() not in (None, "", []) for name in self.traced)
        return self.traced_open or any(used)

    def as_paper(self) -> dict[str, Any]:
        """The facts by their keys: what they say, the record fills in."""
        found = super().as_paper()
        return {**found, "found": [{"key": key} for key in found.get("found", ())]}


FOUND = _("Facts in our record")
