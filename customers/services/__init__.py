from customers.services.activities import ActivityRow, activities_add, activities_put
from customers.services.appointments import (
    AppointmentData,
    ImportedCalendar,
    appointment_brief,
    appointment_change,
    appointment_check,
    appointment_delete,
    appointment_make,
    appointments_import,
    visits_checked_by,
)
from customers.services.arrivals import ARRIVAL, appointment_arrive, appointment_late, arrival_source
from customers.services.bans import customer_ban, customer_ban_lift
from customers.services.calls import call_record
from customers.services.care import care_hold_drop, care_hold_put
from customers.services.customers import (
    ContactData,
    CustomerData,
    contact_create,
    contact_listening,
    contact_update,
    customer_create,
    customer_update,
)
from customers.services.imports import customers_import
from customers.services.promise_rows import clerk_rows
from customers.services.promise_sweep import promises_sweep
from customers.services.promises import (
    NewPromise,
    promise_agree,
    promise_break,
    promise_chase,
    promise_chase_undo,
    promise_enter,
    promise_keep,
    promise_make,
    promise_release,
    promise_reschedule,
    promises_move,
    promises_release,
)
from customers.services.readings import reading_note
from customers.services.sites import SiteData, site_create, site_update

__all__ = [
    "ARRIVAL",
    "ActivityRow",
    "AppointmentData",
    "ContactData",
    "CustomerData",
    "ImportedCalendar",
    "NewPromise",
    "SiteData",
    "activities_add",
    "activities_put",
    "appointment_arrive",
    "appointment_brief",
    "appointment_change",
    "appointment_check",
    "appointment_delete",
    "appointment_late",
    "appointment_make",
    "appointments_import",
    "arrival_source",
    "call_record",
    "care_hold_drop",
    "care_hold_put",
    "clerk_rows",
    "contact_create",
    "contact_listening",
    "contact_update",
    "customer_ban",
    "customer_ban_lift",
    "customer_create",
    "customer_update",
    "customers_import",
    "promise_agree",
    "promise_break",
    "promise_chase",
    "promise_chase_undo",
    "promise_enter",
    "promise_keep",
    "promise_make",
    "promise_release",
    "promise_reschedule",
    "promises_move",
    "promises_release",
    "promises_sweep",
    "reading_note",
    "site_create",
    "site_update",
    "visits_checked_by",
]
