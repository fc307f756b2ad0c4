from customers.selectors.activities import activities_for, activities_of, activities_of_number
from customers.selectors.customers import (
    contact_get,
    contacts_of,
    customer_get,
    customer_names,
    customers_visible,
)
from customers.selectors.promises import (
    Rate,
    promise_get,
    promise_rate,
    promises_open,
    promises_visible,
)

__all__ = [
    "Rate",
    "activities_for",
    "activities_of",
    "activities_of_number",
    "contact_get",
    "contacts_of",
    "customer_get",
    "customer_names",
    "customers_visible",
    "promise_get",
    "promise_rate",
    "promises_open",
    "promises_visible",
]
