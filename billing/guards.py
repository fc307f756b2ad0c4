"""What the database itself refuses around invoices, whoever asks (law 9): an issued one keeps its number, its lines and
its sums. A mistake is corrected by a new document."""

from django.db.migrations import RunPython

from office.guards import Frozen, append_only, frozen, frozen_anew

# What may still change: when it was sent and when it was received. The PDF is made once.
INVOICES = Frozen(
    "billing_invoice",
    "OLD.state = 'issued'",
    (
        "number", "kind", "corrects_id", "promise_id", "key", "reason", "wished", "inclusive", "rounding", "closing_on",
        "customer_id", "subject", "quantity",
        "delivery_number", "delivered_on", "issued_on", "net", "tax", "total", "state", "created_by_id", "created_at",
        "checked_by_id", "checked_at", "issued_by_id", "paper", "sha256", "note", "planned_on", "was", "version",
    ),
    set_once=("file_id",),
)  # fmt: skip
LINES = Frozen(
    "billing_invoiceline",
    "OLD.frozen",
    (
        "invoice_id", "place", "traded_on", "description", "note", "quantity", "unit", "unit_price", "rate", "amount",
        "delivery_line_id", "contract_id", "period_on", "reduces_id", "frozen",
    ),
)  # fmt: skip
PARTS = Frozen(
    "billing_instalment",
    "OLD.frozen",
    ("invoice_id", "kind", "amount", "base_on", "nominal_on", "due_on", "frozen"),
)
RULES = (INVOICES, LINES)
# What a bank's file said of a transfer; what became of it is added beside. Kept also where it was put aside.
TRANSFERS = Frozen(
    "billing_bankreceipt",
    "OLD.id IS NOT NULL",
    ("key", "account", "day", "amount", "payer", "payer_code", "edi", "bank", "cancels", "file_sha256", "record",
     "imported_by_id", "imported_at"),
    kept=True,
)  # fmt: skip
APPEND_ONLY = ("billing_payment", "billing_settlement")  # a mistake is taken back by a counter-entry


def issued_invoices() -> RunPython:
    """The migration operation that guards issued invoices; it comes after `office.guards.append_only`."""
    return frozen(*RULES)


def issued_invoices_whole() -> tuple[RunPython, RunPython]:
    """The migration operations that guard all of an issued invoice: its notes, its one PDF and its payment days too."""
    return frozen_anew(INVOICES), frozen(PARTS)


def money() -> tuple[RunPython, RunPython]:
    """The migration operations that guard payments and what the banks said."""
    return append_only("billing_payment"), frozen(TRANSFERS)
