"""What came in before anybody knew its kind: the boss is told and the customer hears from us; the rest waits."""

from incidents.engine.playbook import OWNER, Playbook, Step
from incidents.engine.translation import _


class Untriaged(Playbook):
    """Two steps that are right whatever it turns out to be; a change of kind keeps them."""

    key, version = "untriaged", 1
    label = _("Untriaged")
    triaged = False

    report = Step(by=OWNER, within="1 business hour", label=_("First report"))
    first_apology = Step(by=OWNER, within="same day", label=_("First apology"), after=[report])
