"""Every due thing in the house, by name and in order.

Each sweep finds its work in the database and may run at any time, any number of times, beside others: the second run
finds nothing left to do.
"""

from collections.abc import Callable
from datetime import datetime

from billing.services import (
    drafts_sweep,
    notices_sweep,
    orders_sweep,
    payment_reminders_sweep,
    render_invoices,
    sendings_sweep,
    thank_you_calls_sweep,
    watch_sweep,
)
from config.models import Heartbeat
from customers.services import promises_sweep
from desk.gaps import temperature_sweep
from desk.notebook import mornings_sweep
from incidents.services import (
    aftercare_sweep,
    briefs,
    checkpoint,
    corrections_sweep,
    deadlines,
    idle_sweep,
    missed_invoices_sweep,
    nightly_checks_sweep,
    render_letters,
    wake,
    weekly_sweep,
)
from office import clock
from office.services import outbox_send

Result = int | dict[str, int]

# In this order by the command; each by itself by the worker. The outbox comes after everything that may write to it.
SWEEPS: dict[str, Callable[..., Result]] = {
    "wake": wake,
    "letters": render_letters,
    "drafts": drafts_sweep,
    "invoices": render_invoices,
    "sendings": sendings_sweep,
    "notices": notices_sweep,
    "watch": watch_sweep,
    "orders": orders_sweep,
    "mornings": mornings_sweep,
    "missed_invoices": missed_invoices_sweep,
    "corrections": corrections_sweep,
    "nightly_checks": nightly_checks_sweep,
    "thank_you_calls": thank_you_calls_sweep,
    "payment_reminders": payment_reminders_sweep,
    "promises": promises_sweep,
    "deadlines": deadlines,
    "aftercare": aftercare_sweep,
    "idle": idle_sweep,
    "weekly": weekly_sweep,
    "temperature": temperature_sweep,
    "briefs": briefs,
    "outbox": outbox_send,
    "checkpoint": checkpoint,
}


def sweep_run(*, name: str, at: datetime) -> Result:
    """Run one sweep as of `at` and note that it went through. Returns what the sweep counted.

    The note carries the real time: a sweep run for a later day must not make the health page green until then.
    """
    result = SWEEPS[name](at=at)
    Heartbeat.objects.update_or_create(name=name, defaults={"at": clock.now()})
    return result
