from customers.selectors.activities import QUIET, activities_for, activities_of, activities_seen
from customers.selectors.customers import (
    NOT_FOUND,
    contact_get,
    contacts_of,
    customer_get,
    customer_names,
    customers_visible,
    keeps,
    sets_terms,
    site_get,
    sites_of,
    theirs,
    writes,
)
from customers.selectors.numbers import number_checked, numbers_asked_of
from customers.selectors.promises import (
    Rate,
    promise_get,
    promise_rate,
    promises_open,
    promises_visible,
)

__all__ = [
    "NOT_FOUND",
    "QUIET",
    "Rate",
    "activities_for",
    "activities_of",
    "activities_seen",
    "contact_get",
    "contacts_of",
    "customer_get",
    "customer_names",
    "customers_visible",
    "keeps",
    "number_checked",
    "numbers_asked_of",
    "promise_get",
    "promise_rate",
    "promises_open",
    "promises_visible",
    "sets_terms",
    "site_get",
    "sites_of",
    "theirs",
    "writes",
]
