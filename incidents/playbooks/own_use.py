"""The customer used it in another way than it is meant (practices 2-14 to 2-17)."""

from incidents.engine.playbook import MANAGER, OWNER, Playbook, Step
from incidents.engine.translation import _
from incidents.playbooks.guards import (
    effect_judged,
    effect_not_yet_shown,
    heard_before_it_is_explained,
    heard_in_their_words,
    measure_beyond_the_person,
    regretted_before_it_is_explained,
    series_goes_on,
)


class OwnUse(Playbook):
    """Hear them, regret our share, say gently how it is meant. No letter: the fault is not ours to put in writing.

    Each `within` counts from the moment the last step in `after` is done.
    """

    key, version = "own_use", 2
    label = _("The customer's own use")
    resumes_at = "hearing"

    report = Step(by=OWNER, within="1 business hour", label=_("First report"))
    hearing = Step(by=OWNER, within="same day", label=_("Hearing"), after=[report], needs=[heard_in_their_words])
    regret = Step(
        by=OWNER, within="same day", label=_("Regret for our share"), after=[hearing], kind="first_apology",
    )  # fmt: skip
    explain = Step(
        by=OWNER, within="2 business days", label=_("Explain the use"), after=[regret], kind="first_apology",
        needs=[heard_before_it_is_explained, regretted_before_it_is_explained],
    )  # fmt: skip
    prevention = Step(
        by=MANAGER, within="5 business days", label=_("Recurrence prevention"), after=[explain],
        needs=[measure_beyond_the_person],
    )  # fmt: skip
    effect_check = Step(
        by=MANAGER, within="20 business days", label=_("Effect check"), after=[prevention], aftercare=True,
        needs=[effect_judged], again_if=effect_not_yet_shown,
    )  # fmt: skip
    # practice 4-21: a contact on each of these days after the explanation, the longer the graver it was
    follow_up = Step(
        by=OWNER, label=_("Continued follow-up"), after=[explain], again_if=series_goes_on, aftercare=True,
        agreed="next_contact",
        within={"A": "3, 7, 14, 30, 60, 90, 180 days", "B": "3, 14, 30, 90 days", "C": "7, 30 days"},
    )  # fmt: skip
