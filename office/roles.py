"""What a person does in our company. A person may have several roles."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """A role as stored in User.roles; the label is what a Japanese office calls it (words.md 3)."""

    REP = "rep", _("Sales rep")
    TECHNICIAN = "technician", _("Technician")
    MANAGER = "manager", _("Manager")
    BRANCH_HEAD = "branch_head", _("Branch head")
    DIRECTOR = "director", _("Director")
    BILLING = "billing", _("Billing clerk")
    AUDITOR = "auditor", _("Auditor")
    ADMIN = "admin", _("System administrator")


APPROVERS = frozenset({Role.MANAGER.value, Role.BRANCH_HEAD.value, Role.DIRECTOR.value})
SEES_ALL = frozenset({Role.BRANCH_HEAD.value, Role.DIRECTOR.value, Role.AUDITOR.value})
