"""Nobody thanked the customer on the day they paid (practices 1-05, 1-06, 1-11)."""

from incidents.engine.playbook import MANAGER, OWNER, Playbook, Step
from incidents.engine.translation import _
from incidents.playbooks.guards import (
    cause_stated_or_under_inquiry_until,
    effect_judged,
    effect_not_yet_shown,
    effect_on_customer_stated,
    heard_before_use_is_confirmed,
    manager,
    measure_beyond_the_person,
    prevention_stated,
    series_goes_on,
)


class ForgottenCollectionDay(Playbook):
    """Thanks that come late are still thanks; the next payment day stands in somebody else's list too.

    Each `within` counts from the moment the last step in `after` is done.
    """

    key, version = "forgotten_collection_day", 2
    label = _("Forgotten payment day")
    resumes_at = "plan"

    report = Step(by=OWNER, within="1 business hour", label=_("First report"))
    first_apology = Step(by=OWNER, within="same day", label=_("Thanks and apology by telephone"), after=[report])
    plan = Step(
        by=OWNER, within="4 business hours", label=_("Action plan"), after=[report], approval=manager, by_mouth=True,
        needs=[cause_stated_or_under_inquiry_until, heard_before_use_is_confirmed, prevention_stated,
               effect_on_customer_stated],
    )  # fmt: skip
    prevention = Step(
        by=MANAGER, within="5 business days", label=_("Recurrence prevention"), after=[plan],
        needs=[measure_beyond_the_person],
    )  # fmt: skip
    effect_check = Step(
        by=MANAGER, within="20 business days", label=_("Effect check"), after=[prevention], aftercare=True,
        needs=[effect_judged], again_if=effect_not_yet_shown,
    )  # fmt: skip
    # practice 4-21: a contact on each of these days after the first apology, the longer the graver it was
    follow_up = Step(
        by=OWNER, label=_("Continued follow-up"), after=[first_apology], again_if=series_goes_on, aftercare=True,
        agreed="next_contact",
        within={"A": "3, 7, 14, 30, 60, 90, 180 days", "B": "3, 14, 30, 90 days", "C": "7, 30 days"},
    )  # fmt: skip
