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
)
from customers.services.arrivals import ARRIVAL, appointment_arrive, appointment_late, arrival_source
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
from customers.services.promises import (
    NewPromise,
    promise_agree,
    promise_break,
    promise_enter,
    promise_keep,
    promise_make,
    promise_reschedule,
    promises_move,
    promises_release,
    promises_sweep,
)
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
    "contact_create",
    "contact_listening",
    "contact_update",
    "customer_create",
    "customer_update",
    "customers_import",
    "promise_agree",
    "promise_break",
    "promise_enter",
    "promise_keep",
    "promise_make",
    "promise_reschedule",
    "promises_move",
    "promises_release",
    "promises_sweep",
    "site_create",
    "site_update",
]
