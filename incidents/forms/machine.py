"""機番 of the machine that fails."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from incidents.forms.base import PaperForm, line
from incidents.machines import KNOWN_AS, LONGEST
from incidents.naming import NewMachine


class MachineForm(PaperForm):
    """The number on its plate, or what it is called."""

    paper = NewMachine

    machine = line(
        _("Which machine? (serial number)"), limit=LONGEST, required=True,
        help_text=_("As it stands on the plate. Width, case, blanks and hyphens make no difference."),
    )  # fmt: skip

    @classmethod
    def begun(cls, page: Any) -> dict[str, Any]:
        """What is named already."""
        return {"machine": page.view.case.known.get(KNOWN_AS, "")}
