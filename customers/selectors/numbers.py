"""What bears an incident's number is shown to those who may see that incident, and to whose own work it is (law 8).

Incidents are an app above this one, which must not be imported here: it says at start how it is asked.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.selectors.customers import NOT_FOUND
from office.errors import Refused
from office.viewer import Viewer

Question = Callable[[Viewer], QuerySet[Any]]
_questions: list[Question] = []


def numbers_asked_of(question: Question) -> None:
    """Tell which rows, each with its `number`, a viewer may see. A later call replaces an earlier one."""
    _questions[:] = [question]


def open_to(viewer: Viewer, own: Q) -> Q:
    """Return the condition on rows with a `number`: none, one that the viewer may see, or `own` work.

    Asked within the same statement.
    """
    condition = Q(number="") | own
    for question in _questions:
        condition |= Q(Exists(question(viewer).order_by().filter(number=OuterRef("number"))))
    return condition


def numbers_visible(viewer: Viewer) -> QuerySet[Any]:
    """Return the rows with a `number` that a viewer may see, not yet asked for; which rows, the app above has said."""
    return _questions[0](viewer)


def number_checked(viewer: Viewer, number: str) -> str:
    """Return the number when it is empty or the viewer may see what it names; else Refused not_found."""
    if number and not any(question(viewer).filter(number=number).exists() for question in _questions):
        raise Refused("not_found", NOT_FOUND)
    return number
