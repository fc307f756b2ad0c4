"""How we go on once the customer has asked us to stay away."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from incidents.forms.alternatives import choices
from incidents.forms.base import ColleagueField, PaperForm, one_of, sentences
from incidents.ways import WAYS, Way, may_go
from office.forms import choose_from


class WayForm(PaperForm):
    """Which way, who goes, how exactly."""

    paper = Way
    shown_by: ClassVar[Mapping[str, str]] = {"who": "way=other_person"}

    way = one_of(choices(WAYS), _("How do we go on?"), required=True)
    who = ColleagueField(label=_("Who goes instead"), required=False)
    text = sentences(_("In words"), required=True, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_from(self, "who", [("", _("Nobody")), *((str(user.pk), user.called) for user in may_go(self.setting))])
