"""想定問答: three cards in sight, one of one's own folded."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ColleagueField, PaperForm, line, sentences
from incidents.leaves.rehearsal import SCENES, Rehearsal


class RehearsalForm(PaperForm):
    """What we answer to each hard turn, and who speaks."""

    paper = Rehearsal
    folded = ("scolded_who", "ended_who", "silent_who", "own_title", "own", "own_who")

    scolded = sentences(_("A severe scolding"), rows=2, help_text=_("What we answer."))
    scolded_who = ColleagueField(label=_("Who speaks when scolded"), required=False)
    ended = sentences(_("Talk of ending our dealings"), rows=2, help_text=_("What we answer."))
    ended_who = ColleagueField(label=_("Who speaks when dealings may end"), required=False)
    silent = sentences(_("No answer at all"), rows=2, help_text=_("What we do."))
    silent_who = ColleagueField(label=_("Who speaks when no answer comes"), required=False)
    own_title = line(_("Another turn it may take"), limit=120)
    own = sentences(_("What we answer to it"), rows=2)
    own_who = ColleagueField(label=_("Who speaks then"), required=False)

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """The sheet that counts now."""
        found: dict[str, Any] = {}
        for leaf in page.of_sort("rehearsal")[-1:]:
            for card in json.loads(leaf.text)["cards"]:
                scene = card["scene"]
                found |= {scene: card["answer"], f"{scene}_who": card["who"]}
                found |= {"own_title": card["title"]} if scene == "own" else {}
        return found

    def clean(self) -> dict[str, Any]:
        """At least one card is filled."""
        found = super().clean() or {}
        if not any(found.get(scene) for scene in SCENES):
            self.add_error("scolded", _("Write what we answer, for one turn at least."))
        if bool(found.get("own")) != bool(found.get("own_title")):
            self.add_error("own_title", _("Say what your own card is about, and what we answer."))
        return found

    def as_paper(self) -> dict[str, Any]:
        """The filled cards in order."""
        data = self.cleaned_data
        cards = [
            {"scene": scene, "answer": data[scene], "who": data[f"{scene}_who"]}
            | ({"title": data["own_title"]} if scene == "own" else {})
            for scene in SCENES if data[scene]
        ]  # fmt: skip
        return {"cards": cards}
