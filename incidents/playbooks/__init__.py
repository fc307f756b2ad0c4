"""One file per kind of incident: what happens, in order, readable by a manager. Importing it registers all."""

from incidents.playbooks import (
    defect,
    forgotten_collection_day,
    late_delivery,
    missed_appointment,
    missed_invoice,
    own_use,
    past,
    relationship,
    slow_answer,
    untriaged,
    wrong_delivery,
)

__all__ = [
    "defect",
    "forgotten_collection_day",
    "late_delivery",
    "missed_appointment",
    "missed_invoice",
    "own_use",
    "past",
    "relationship",
    "slow_answer",
    "untriaged",
    "wrong_delivery",
]
