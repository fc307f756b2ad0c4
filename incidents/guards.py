"""What the database itself refuses around incidents, whoever asks (law 9): the chain and what was submitted never
change, an issued letter never loses its number, its words or its bytes."""

from django.db.migrations import RunPython

from office.guards import Frozen, frozen

APPEND_ONLY = ("incidents_entry", "incidents_submission", "incidents_checkpoint")
# Frozen from the moment the letter is in print. What may still change: when it reached the customer.
LETTERS = Frozen(
    "incidents_issuedletter",
    "OLD.file_id IS NOT NULL",
    (
        "incident_id",
        "submission_id",
        "number",
        "replaces_id",
        "approved_by_id",
        "approved_at",
        "file_id",
        "issued_at",
    ),
    kept=True,
)


def issued_letters() -> RunPython:
    """The migration operation that guards issued letters; it comes after `office.guards.append_only`."""
    return frozen(LETTERS)
