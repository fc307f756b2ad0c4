"""The forms of the acts that have a page of their own: by command."""

from collections.abc import Mapping

from incidents.forms.base import PaperForm

ACTS: Mapping[str, type[PaperForm]] = {}
ASIDE: frozenset[str] = frozenset()  # offered beside what they settle, not in the list of acts
