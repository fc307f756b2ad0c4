"""The customer used it in another way than it is meant (practices 2-14 to 2-17)."""

from incidents.engine.playbook import MANAGER, OWNER, Playbook, Step
from incidents.engine.translation import _
from incidents.playbooks.guards import (
    effect_judged,
    effect_not_yet_shown,
    heard_before_it_is_explained,
    heard_in_their_words,
    letter_check_passed,
    letter_in_print,
    measure_beyond_the_person,
    only_with_a_reason,
    regretted_before_it_is_explained,
    series_goes_on,
    signatory,
    signatory_is_another,
)


class OwnUse(Playbook):
    """Hear them, regret our share, say gently how it is meant. The fault is not ours to put in writing: a letter is
    left out, unless a manager opens it with a reason.

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
    letter = Step(
        by=OWNER, within="2 business days", label=_("Apology letter"), after=[explain], approval=signatory,
        only_if=only_with_a_reason, needs=[signatory_is_another, letter_check_passed],
    )  # fmt: skip
    hand_over = Step(
        by=OWNER, within="1 business day", label=_("Hand-over of the letter"), after=[letter],
        only_if=only_with_a_reason, needs=[letter_in_print],
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
