"""Playbooks as they once were, whole: incidents opened by them run by them to their end."""

from incidents.playbooks.past import (
    defect_1,
    forgotten_collection_day_1,
    late_delivery_1,
    missed_appointment_1,
    missed_invoice_1,
    missed_invoice_2,
    own_use_1,
    relationship_1,
    slow_answer_1,
    wrong_delivery_1,
    wrong_delivery_2,
)

__all__ = [
    "defect_1",
    "forgotten_collection_day_1",
    "late_delivery_1",
    "missed_appointment_1",
    "missed_invoice_1",
    "missed_invoice_2",
    "own_use_1",
    "relationship_1",
    "slow_answer_1",
    "wrong_delivery_1",
    "wrong_delivery_2",
]
