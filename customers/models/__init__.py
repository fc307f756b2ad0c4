from customers.models.activity import Activity
from customers.models.appointment import Appointment
from customers.models.call import Call
from customers.models.customer import CareHold, Contact, Customer, Site
from customers.models.promise import Chase, Promise
from customers.models.reading import Reading

__all__ = ["Activity", "Appointment", "Call", "CareHold", "Chase", "Contact", "Customer", "Promise", "Reading", "Site"]
