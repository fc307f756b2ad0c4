"""Conditions the playbooks share. A guard used by a released version never changes its meaning: a new meaning gets a
new name."""

from collections.abc import Mapping, Sequence

from incidents.engine.case import Case
from incidents.engine.cause import goes_again, heard, lacking
from incidents.engine.playbook import guard
from incidents.engine.rules import Rules

OUR_SIDE = ("ours", "both")
ACCEPTED = ("accepted", "conditional")


@guard("State the cause, or until when you inquire.", field="cause")
def cause_stated_or_under_inquiry_until(case: Case, rules: Rules) -> bool:
    """Practice 0-05: a plan names the cause, or the day on which the customer will hear it."""
    plan = case.facts("plan")
    return bool(plan.get("cause_stated") or plan.get("inquiry_until"))


@guard("State what will keep it from happening again.", field="prevention")
def prevention_stated(case: Case, rules: Rules) -> bool:
    """Practice 0-05: cause and prevention, not only "sorry"."""
    return bool(case.facts("plan").get("prevention_stated"))


@guard("State what it did to the customer.", field="effect")
def effect_on_customer_stated(case: Case, rules: Rules) -> bool:
    """Practice 0-18: the customer's side is part of every plan."""
    return bool(case.facts("plan").get("effect_stated"))


@guard("Say who goes to the customer.", field="attendees")
def somebody_goes(case: Case, rules: Rules) -> bool:
    """Practice 0-04: the apology is made in person."""
    return bool(case.facts("plan").get("attendees"))


@guard("Rehearse the three hard turns first.", field="rehearsal")
def rehearsed_when_grave(case: Case, rules: Rules) -> bool:
    """Practice 4-16: before a grave visit the worst is thought through: shouted at, dealings ended, no answer."""
    return case.severity != "A" or {"scolded", "ended", "silent"} <= set(case.known.get("rehearsed", ()))


@guard("Record whom you met, or why nobody could be met.", field="met")
def person_met_or_why_not(case: Case, rules: Rules) -> bool:
    """Practice 0-04: "could not meet" leads on, so it needs its reason."""
    visit = case.facts("visit")
    return bool(visit.get("met") or visit.get("why_not"))


@guard("Record how the customer took it.", field="reaction")
def reaction_recorded(case: Case, rules: Rules) -> bool:
    """Words, section 4: one of six reactions."""
    return bool(case.facts("visit").get("reaction"))


def not_yet_accepted(case: Case, rules: Rules) -> bool:
    """Another visit: nobody could be met, or the apology was not accepted. A ban ends the visits."""
    return case.facts("visit").get("reaction") in ("not_accepted", "not_met")


def fault_is_ours(case: Case, rules: Rules) -> bool:
    """A letter admits a fault, so it is written only for our own share (practice 4-28)."""
    return case.facts("plan").get("fault") in OUR_SIDE


@guard("The wording still needs correction.", field="")
def letter_check_passed(case: Case, rules: Rules) -> bool:
    """Words, section 7: an empty slot or a refused phrase blocks the letter."""
    return case.facts("letter").get("must_fix") == 0


@guard("The person whose name the letter bears approves it; it cannot be you.", field="signatory")
def signatory_is_another(case: Case, rules: Rules) -> bool:
    """Four eyes: the letter bears the name of somebody else than its writer."""
    return case.facts("letter").get("signatory") not in (None, 0, case.steps["letter"].doer)


@guard("The letter is not yet in print.", field="")
def letter_in_print(case: Case, rules: Rules) -> bool:
    """Only an issued, frozen letter is handed over."""
    return bool(case.facts("hand_over").get("letter"))


@guard("Enter an amount for a compensation.", field="amount")
def amount_when_compensated(case: Case, rules: Rules) -> bool:
    """Practice 0-10: a decision to compensate names its amount; none is a decision too."""
    review = case.facts("compensation")
    return review.get("decision") != "compensate" or review.get("amount", 0) > 0


@guard("Add a measure for the procedure or the system, or say why the person alone is enough.", field="measures")
def measure_beyond_the_person(case: Case, rules: Rules) -> bool:
    """Practice 0-12: fix the system, not the person; person only needs a reason."""
    prevention = case.facts("prevention")
    scopes = prevention.get("scopes", ())
    return bool(scopes) and (set(scopes) != {"person"} or bool(prevention.get("person_only_reason")))


@guard("Say whether the measure has worked.", field="worked")
def effect_judged(case: Case, rules: Rules) -> bool:
    """An effect check ends with an answer."""
    return case.facts("effect_check").get("worked") is not None


def effect_not_yet_shown(case: Case, rules: Rules) -> bool:
    """A measure that has not worked is looked at again."""
    return case.facts("effect_check").get("worked") is False


def series_goes_on(case: Case, rules: Rules) -> bool:
    """Practice 4-21: one apology never settles it; contact goes on for the days of the policy."""
    round_ = case.steps["follow_up"].round
    return round_ + 1 < rules.rounds(f"{case.playbook}.follow_up", case.severity)


def manager(case: Case, rules: Rules) -> Sequence[str]:
    """One signature: the owner's boss, or any manager of the team."""
    return ("manager",)


def signatory(case: Case, rules: Rules) -> Sequence[str]:
    """The person whose name the letter bears."""
    return ("signatory",)


def by_amount(case: Case, rules: Rules) -> Sequence[str]:
    """Practice 0-11: who signs a compensation goes by its amount in yen, limits by policy."""
    amount = case.facts("compensation").get("amount", 0)
    if amount <= rules.amount("compensation.manager_limit"):
        return ("manager",)
    if amount <= rules.amount("compensation.branch_limit"):
        return ("manager", "branch_head")
    return ("manager", "director")


@guard("Note what the customer told us.", field="told")
def heard_in_their_words(case: Case, rules: Rules) -> bool:
    """Practices 2-14, 2-15: nobody is suspected before they were heard."""
    return bool(case.facts("hearing").get("heard"))


@guard("Say what differs from the order.", field="difference")
def difference_stated(case: Case, rules: Rules) -> bool:
    """Practice 2-32: order against delivery, before anything is handed over again."""
    return bool(case.facts("comparison").get("difference_stated"))


def replacement_is_owed(case: Case, rules: Rules) -> bool:
    """Practice 2-32: unless the customer gets the money back or it is only taken off, something goes out again."""
    return case.facts("comparison").get("remedy") not in ("refund", "remove")


@guard("Something still differs from the order. It is put right before it is handed over.", field="difference")
def nothing_differs(case: Case, rules: Rules) -> bool:
    """Practice 2-32: product, quantity and accessories are as ordered, and no difference is left open."""
    found = case.facts("recheck")
    return all(found.get(what) == "same" for what in ("product", "quantity", "accessory")) and not found.get("open")


@guard("Name the new date.", field="delivers_on")
def date_named(case: Case, rules: Rules) -> bool:
    """Practices 0-19, 4-29: an order has a date, agreed with the customer."""
    return bool(case.facts("new_date").get("delivers_on"))


@guard("Say what was done, and since when it runs again.", field="done")
def running_again_stated(case: Case, rules: Rules) -> bool:
    """Practice 1-16: the repair ends with what was done."""
    return bool(case.facts("repair_period").get("done_stated"))


@guard("Choose at least one cause, or say that it is not known yet.", field="causes")
def cause_looked_for(case: Case, rules: Rules) -> bool:
    """Practices 4-06, 4-08: the cause is looked for in our own log."""
    signs = case.facts("signs")
    return bool(signs.get("causes")) or signs.get("pattern") == "unknown"


def letter_is_due(case: Case, rules: Rules) -> bool:
    """Our fault, and not slight: for a slight matter a letter would be too heavy (practice 0-07)."""
    return fault_is_ours(case, rules) and case.severity != "C"


def _what_is_lacking(case: Case) -> Mapping[str, str]:
    return {"lacking": lacking(case)}


GOES_AGAIN = (
    "Whoever goes again brings cause and prevention in full. In the plan %(lacking)s. Please complete it first."
)
IN_FULL = "A letter says cause and prevention in full. In the plan %(lacking)s. Please complete it first."


@guard(GOES_AGAIN, refusal="conflict", tells=_what_is_lacking)
def cause_in_full_to_go_again(case: Case, rules: Rules) -> bool:
    """Practice 0-05: a first visit may say that we inquire, and until when; the next one brings it all."""
    return not goes_again(case) or not lacking(case)


@guard(IN_FULL, refusal="conflict", tells=_what_is_lacking)
def cause_in_full(case: Case, rules: Rules) -> bool:
    """Practice 0-05: not only "sorry"; what is only suspected is no cause."""
    return not lacking(case)


@guard("Write on which conditions they accept.", field="conditions")
def conditions_written(case: Case, rules: Rules) -> bool:
    """Practice 2-33: what the customer asks for is written down, so that it can be decided on."""
    visit = case.facts("visit")
    return visit.get("reaction") != "conditional" or bool(visit.get("conditions_stated"))


@guard("Agree with them when we make contact next, and enter it as the next promise.", field="promise_by")
def next_contact_agreed(case: Case, rules: Rules) -> bool:
    """Practice 4-21: who waits and sees hears from us on a day they know."""
    visit = case.facts("visit")
    return visit.get("reaction") != "pending" or bool(visit.get("next_contact"))


@guard("The customer has asked these people to stay away. Please choose somebody else.", field="attendees")
def nobody_goes_who_is_to_stay_away(case: Case, rules: Rules) -> bool:
    """Practice 4-03: who was asked to stay away does not go again; the boss says how we go on."""
    away, visit = set(case.known.get("ban", {}).get("who", ())), case.facts("visit")
    if not away or "starts" not in visit:  # nothing to be arranged: a result that is recorded
        return True
    return bool(visit.get("attendees")) and not away & {*visit["attendees"], *case.companions}


HEAR_FIRST = (
    "The customer has not been heard yet. Before the cause lies in the use, change the kind to the customer's own use: "
    "hear, regret, explain. Until then it is suspected."
)


@guard(HEAR_FIRST, field="fault", refusal="conflict")
def heard_before_use_is_confirmed(case: Case, rules: Rules) -> bool:
    """Practices 2-14, 2-15: never on suspicion alone; what the customer told us is noted first."""
    plan = case.facts("plan")
    return plan.get("fault") != "use" or plan.get("cause_state") != "confirmed" or heard(case)


@guard("Hear the customer first, and note what they told us.", refusal="conflict")
def heard_before_it_is_explained(case: Case, rules: Rules) -> bool:
    """Practice 2-15: hear, then regret our share, then say gently how it is meant; a hearing left out is none."""
    return heard(case)


@guard("Regret our share first.", refusal="conflict")
def regretted_before_it_is_explained(case: Case, rules: Rules) -> bool:
    """Practice 2-15: what is explained without a word of regret sounds like blame."""
    return case.steps["regret"].state == "done"


def only_with_a_reason(case: Case, rules: Rules) -> bool:
    """The fault is not ours to put in writing: left out by rule, and opened by a manager with a reason only (A6)."""
    return False
