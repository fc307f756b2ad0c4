"""Another boss for the approvals."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from incidents.forms.base import ColleagueField, PaperForm
from incidents.route import Route, choices
from office.forms import choose_from


class RouteForm(PaperForm):
    """Who is asked from now on."""

    paper = Route

    boss = ColleagueField(label=_("Which boss to ask"), help_text=_("No reason is asked."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(
            self, "boss", [("", _("Please choose")), *((str(user.pk), user.called) for user in choices(self.setting))]
        )
