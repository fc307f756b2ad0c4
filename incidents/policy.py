"""The policy numbers of the playbooks: the spans written there, the ladder, and who signs what amount."""

from collections.abc import Iterator

from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from incidents.engine import Playbook, Span, playbooks
from office.policy import Number, Value, declare, name_group

HIGHEST = 366
LADDER = "incidents.ladder"
VISIT_LADDER = "incidents.ladder.visit"
APPROVAL = "incidents.approval"
COMPANY = "incidents.ladder.accompaniment"
MANAGER_LIMIT = "incidents.compensation.manager_limit"
BRANCH_LIMIT = "incidents.compensation.branch_limit"
FINAL_STRETCH = "incidents.final_stretch"
LAST_CONTACT = "incidents.last_contact"
SPREAD = "incidents.spread"
WEIGHT_DAYS = "incidents.weight_days"
REPEAT_DAYS = "incidents.repeat.days"
REPEAT_COUNT = "incidents.repeat.count"
REPEAT_MACHINE = "incidents.repeat.machine"
REMEDY_FAILS = "incidents.remedy.fails"
IDLE = "incidents.idle"
STATUS_DAYS = "incidents.status.days"
TWO_GO_DAYS = "incidents.two_go.days"
MOST_AHEAD = 20  # business days: no final-stretch check comes earlier
NO_LIMIT = 1_000_000_000
NO_ARRIVAL = _("No arrival at a visit: who goes, then where it matters the deputy, is told after")
STRETCH = _("The final-stretch check comes before a final date by")
COMPENSATION_DAYS = "incidents.compensation.days"
ALONG = _("Asked to come along and no answer: they, then the next one up and the owner, are told after")
SAME_MACHINE = _("The severity goes up with which defect of the same machine, counting the first")
STATUS = _("A defect that came back or left something: the customer hears from us every")
REMEDY = _("The same remedy has failed so often: severity A (0: the rule is off)")
_UNITS = {
    "business hour": _("business hours"),
    "business day": _("business days"),
    "day": _("days"),
    "hour": _("hours"),
    "minute": _("minutes"),
}


def declare_numbers() -> None:
    """Tell office which numbers exist; called when the app is ready."""
    name_group("incidents", gettext_noop("Incidents"))
    for playbook in playbooks().values():
        name_group(playbook.key, playbook.label)
    declare(
        Number(LADDER, (0, 1, 4), "business hours", 0, 80, _("After a due: owner, deputy and manager are told after")),
        Number(VISIT_LADDER, (10, 20), "minutes", 1, 600, NO_ARRIVAL),
        Number(COMPANY, (4, 8), "business hours", 1, 80, ALONG),
        Number(APPROVAL, 4, "business hours", 1, 80, _("An approval is due within")),
        Number(MANAGER_LIMIT, 100_000, "yen", 0, NO_LIMIT, _("The manager signs a compensation up to")),
        Number(BRANCH_LIMIT, 1_000_000, "yen", 0, NO_LIMIT, _("The branch head signs a compensation up to")),
        Number(COMPENSATION_DAYS, 10, "business days", 1, 90, _("The document of a compensation is made within")),
        Number(FINAL_STRETCH, 3, "business days", 1, MOST_AHEAD, STRETCH),
        Number(LAST_CONTACT, 3, "days", 1, 60, _("Before a final date, the last contact is not older than")),
        Number(SPREAD, 180, "days", 1, 1100, _("Who else is exposed to a cause: looked for so far back")),
        Number(REPEAT_DAYS, 365, "days", 1, 1_830, _("The same trouble with a customer counts as a repeat within")),
        Number(REPEAT_COUNT, 2, _("times"), 2, 100, _("The severity goes up with which repeat, counting the first")),
        Number(REPEAT_MACHINE, 2, _("times"), 2, 100, SAME_MACHINE),
        Number(REMEDY_FAILS, 2, _("times"), 0, 10, REMEDY),
        Number(IDLE, (5, 8), "business days", 1, 60, _("Nothing has moved: the owner, then the boss is told after")),
        Number(STATUS_DAYS, 7, "days", 1, 31, STATUS),
        Number(TWO_GO_DAYS, 365, "days", 1, 1_830, _("Where one of us had to bear too much, two go for")),
        Number(WEIGHT_DAYS, 7, "days", 0, 60, _("By priority a key account's incident counts as older by")),
        *(number for playbook in playbooks().values() for number in _of_playbook(playbook)),
    )


def _of_playbook(playbook: type[Playbook]) -> Iterator[Number]:
    for key, text in playbook.defaults().items():
        span = Span.parse(text)
        if span.unit != "same day":
            _playbook, name, *severity = key.split(".")
            label = playbook.steps[name].label
            said = _graded(label, severity[0]) if severity else label
            yield Number(key, _value(span), str(_UNITS[span.unit]), 0, HIGHEST, said)


def _in_words(label: str, severity: str) -> str:
    """The step and how grave the incident is: three rules of one step must not look alike."""
    return gettext("%(step)s (severity %(severity)s)") % {"step": gettext(label), "severity": severity}


_graded = lazy(_in_words, str)


def _value(span: Span) -> Value:
    return span.amounts if len(span.amounts) > 1 else span.amounts[0]
