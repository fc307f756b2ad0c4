from customers.selectors.activities import activities_for, activities_of, activities_of_number
from customers.selectors.customers import (
    NOT_FOUND,
    contact_get,
    contacts_of,
    customer_get,
    customer_names,
    customers_visible,
    keeps,
    sets_terms,
    theirs,
    writes,
)
from customers.selectors.promises import (
    Rate,
    promise_get,
    promise_rate,
    promises_open,
    promises_visible,
)

__all__ = [
    "NOT_FOUND",
    "Rate",
    "activities_for",
    "activities_of",
    "activities_of_number",
    "contact_get",
    "contacts_of",
    "customer_get",
    "customer_names",
    "customers_visible",
    "keeps",
    "promise_get",
    "promise_rate",
    "promises_open",
    "promises_visible",
    "sets_terms",
    "theirs",
    "writes",
]
