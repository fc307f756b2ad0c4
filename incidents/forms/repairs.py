"""The repair period the customer gave us, and the entry of one of its days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ColleaguesField, PaperForm, sentences
from incidents.leaves.repair import REPAIR_WINDOW, RepairDay, RepairWindow
from office.clock import local_day


class RepairWindowForm(PaperForm):
    """From when to when, what for, with what."""

    paper = RepairWindow

    starts = forms.DateField(label=_("The period began"))
    ends = forms.DateField(label=_("The period ends"))
    plan = sentences(_("What is to be done in it"))
    resources = sentences(_("People and parts"), rows=2)

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """The period in force."""
        return page.data_of(REPAIR_WINDOW) or {"starts": local_day(page.now)}


class RepairDayForm(PaperForm):
    """What was done on a day, by whom, what comes next."""

    paper = RepairDay

    on = forms.DateField(label=_("Day"))
    done = sentences(_("What was done"), required=True)
    who = ColleaguesField(label=_("Who of us did it"))
    next = sentences(_("What comes next"), rows=2)

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """Today, by whoever writes it."""
        return {"on": local_day(page.now), "who": [page.view.viewer.user.pk]}
