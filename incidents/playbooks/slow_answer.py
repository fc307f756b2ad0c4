"""An answer came too late, or a promise was not kept (practices 2-02, 2-03, 2-08, 2-42)."""

from incidents.engine.playbook import MANAGER, OWNER, Playbook, Step
from incidents.engine.translation import _
from incidents.playbooks.guards import (
    cause_in_full_to_go_again,
    cause_stated_or_under_inquiry_until,
    conditions_written,
    effect_judged,
    effect_not_yet_shown,
    effect_on_customer_stated,
    heard_before_use_is_confirmed,
    manager,
    measure_beyond_the_person,
    next_contact_agreed,
    nobody_goes_who_is_to_stay_away,
    not_yet_accepted,
    person_met_or_why_not,
    prevention_stated,
    reaction_recorded,
    rehearsed_when_grave,
    series_goes_on,
    somebody_goes,
)


class SlowAnswer(Playbook):
    """The answer itself comes first, the same day; then why it was late, and what keeps it from happening again.

    Each `within` counts from the moment the last step in `after` is done.
    """

    key, version = "slow_answer", 2
    label = _("Slow answer or broken promise")
    resumes_at = "plan"

    report = Step(by=OWNER, within="1 business hour", label=_("First report"))
    first_apology = Step(by=OWNER, within="1 business hour", label=_("First apology"), after=[report])
    answer = Step(by=OWNER, within="same day", label=_("The answer itself"), after=[report], kind="first_apology")
    plan = Step(
        by=OWNER, within="4 business hours", label=_("Action plan"), after=[report], approval=manager, by_mouth=True,
        needs=[cause_stated_or_under_inquiry_until, heard_before_use_is_confirmed, prevention_stated,
               effect_on_customer_stated, somebody_goes],
    )  # fmt: skip
    visit = Step(
        by=OWNER, within="1 business day", label=_("Apology visit"), after=[plan], arranges="starts",
        before=[rehearsed_when_grave, cause_in_full_to_go_again, nobody_goes_who_is_to_stay_away],
        needs=[person_met_or_why_not, reaction_recorded, conditions_written, next_contact_agreed],
        again_if=not_yet_accepted,
    )  # fmt: skip
    prevention = Step(
        by=MANAGER, within="5 business days", label=_("Recurrence prevention"), after=[plan],
        needs=[measure_beyond_the_person],
    )  # fmt: skip
    effect_check = Step(
        by=MANAGER, within="20 business days", label=_("Effect check"), after=[prevention], aftercare=True,
        needs=[effect_judged], again_if=effect_not_yet_shown,
    )  # fmt: skip
    # practice 4-21: a contact on each of these days after the visit and the answer, the longer the graver it was
    follow_up = Step(
        by=OWNER, label=_("Continued follow-up"), after=[visit, answer], again_if=series_goes_on, aftercare=True,
        agreed="next_contact",
        within={"A": "3, 7, 14, 30, 60, 90, 180 days", "B": "3, 14, 30, 90 days", "C": "7, 30 days"},
    )  # fmt: skip
