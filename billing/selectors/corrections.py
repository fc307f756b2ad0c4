"""How the correction of an invoice stands together with its letter of apology.

The letter belongs to an incident, and incidents are an app above this one, which must not be imported here: it says at
start how it is asked.
"""

from collections.abc import Callable
from typing import Any

from billing.models import Invoice
from office.viewer import Viewer

Question = Callable[[Viewer, Invoice], Any]
_questions: list[Question] = []


def corrections_asked_of(question: Question) -> None:
    """Tell who knows how a correction stands. A later call replaces an earlier one."""
    _questions[:] = [question]


def correction_of(viewer: Viewer, invoice: Invoice) -> Any:
    """Return how the correction of an invoice, or by it, stands for this viewer; None where none was begun."""
    return next((found for question in _questions if (found := question(viewer, invoice)) is not None), None)
