"""The customer has had enough of us (practices 4-01, 4-03, 4-06 to 4-10)."""

from incidents.engine.playbook import MANAGER, OWNER, Playbook, Step
from incidents.engine.translation import _
from incidents.playbooks.guards import (
    cause_in_full,
    cause_in_full_to_go_again,
    cause_looked_for,
    cause_stated_or_under_inquiry_until,
    conditions_written,
    effect_judged,
    effect_not_yet_shown,
    effect_on_customer_stated,
    heard_before_use_is_confirmed,
    letter_check_passed,
    letter_in_print,
    letter_is_due,
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
    signatory,
    signatory_is_another,
    somebody_goes,
)


class Relationship(Playbook):
    """The cause is looked for in our own log, the plan made with the boss, and contact goes on for months.

    Each `within` counts from the moment the last step in `after` is done.
    """

    key, version = "relationship", 2
    label = _("Relationship to be mended")
    resumes_at = "plan"

    report = Step(by=OWNER, within="1 business hour", label=_("First report"))
    signs = Step(
        by=OWNER, within="1 business day", label=_("What it came from"), after=[report], needs=[cause_looked_for],
    )  # fmt: skip
    plan = Step(
        by=OWNER, within="4 business hours", label=_("Action plan"), after=[signs], approval=manager, by_mouth=True,
        needs=[cause_stated_or_under_inquiry_until, heard_before_use_is_confirmed, prevention_stated,
               effect_on_customer_stated, somebody_goes],
    )  # fmt: skip
    visit = Step(
        by=OWNER, within="1 business day", label=_("Apology visit"), after=[plan], arranges="starts",
        before=[rehearsed_when_grave, cause_in_full_to_go_again, nobody_goes_who_is_to_stay_away],
        needs=[person_met_or_why_not, reaction_recorded, conditions_written, next_contact_agreed],
        again_if=not_yet_accepted,
    )  # fmt: skip
    letter = Step(
        by=OWNER, within="2 business days", label=_("Apology letter"), after=[plan], approval=signatory,
        only_if=letter_is_due, needs=[cause_in_full, signatory_is_another, letter_check_passed],
    )  # fmt: skip
    hand_over = Step(
        by=OWNER, within="1 business day", label=_("Hand-over of the letter"), after=[letter], only_if=letter_is_due,
        needs=[letter_in_print],
    )  # fmt: skip
    prevention = Step(
        by=MANAGER, within="5 business days", label=_("Recurrence prevention"), after=[plan],
        needs=[measure_beyond_the_person],
    )  # fmt: skip
    effect_check = Step(
        by=MANAGER, within="20 business days", label=_("Effect check"), after=[prevention], aftercare=True,
        needs=[effect_judged], again_if=effect_not_yet_shown,
    )  # fmt: skip
    # practice 4-21: a contact on each of these days after the visit, the longer the graver it was
    follow_up = Step(
        by=OWNER, label=_("Continued follow-up"), after=[visit], again_if=series_goes_on, aftercare=True,
        agreed="next_contact",
        within={"A": "3, 7, 14, 30, 60, 90, 180 days", "B": "3, 14, 30, 90 days", "C": "7, 30 days"},
    )  # fmt: skip
