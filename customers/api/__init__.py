"""Customers, appointments and promises for programs: the same services as the pages."""

from customers.api import appointments, customers, promises

ROUTERS = (
    ("/customers", customers.router),
    ("/promises", promises.router),
    ("/appointments", appointments.router),
)
