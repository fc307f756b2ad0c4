"""Questions about firms, their people and their sites."""

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_noop

from customers.models import Call, Contact, Customer, Site
from customers.models.customer import CustomerQuerySet
from customers.search import normalise, words
from office.errors import Refused
from office.roles import Role
from office.viewer import Viewer

NOT_FOUND = gettext_noop("Nothing was found here. Please check the number.")
PICKER_LIMIT = 20


READ_ONLY = frozenset({Role.AUDITOR.value, Role.ADMIN.value})


def writes(viewer: Viewer) -> bool:
    """Return whether the viewer works with customers, and is not only there to read or to see to the system."""
    return bool(viewer.roles - READ_ONLY)


def keeps(viewer: Viewer) -> bool:
    """Return whether the viewer keeps the customers' cards up to date."""
    return bool(viewer.roles - READ_ONLY - {Role.TECHNICIAN.value})


def sets_terms(viewer: Viewer) -> bool:
    """Return whether the viewer may set a customer's terms of payment."""
    return bool(viewer.roles - READ_ONLY - {Role.TECHNICIAN.value, Role.REP.value})


def theirs(viewer: Viewer, prefix: str = "") -> Q:
    """Return when a customer is the viewer's: their own, their team's, or of one they stand in for.

    `prefix` leads from another model to the customer ("customer__"). Those who see the whole company, and billing,
    need no condition.
    """
    if viewer.sees_all or viewer.has(Role.BILLING):
        return Q()
    people = viewer.acts_for
    teams = {*viewer.teams, *(user.team_id for user in viewer.stands_in_for if user.team_id is not None)}
    condition = Q(**{f"{prefix}owner__in": people})
    condition |= Q(**{f"{prefix}deputy__in": people})
    condition |= Q(**{f"{prefix}liaison__in": people})
    return condition | Q(**{f"{prefix}owner__team__in": teams})


def customers_visible(viewer: Viewer) -> CustomerQuerySet:
    """Return the customers this viewer may open."""
    return Customer.objects.filter(theirs(viewer))


def customer_get(viewer: Viewer, pk: int) -> Customer:
    """Return one visible customer with its people of ours, `in_care` and `called_at`, when it was last called; else
    Refused not_found."""
    calls = Call.objects.filter(customer=OuterRef("pk")).order_by("-at").values("at")
    rows = customers_visible(viewer).with_care().annotate(called_at=Subquery(calls[:1]))
    found = rows.select_related("owner", "deputy", "liaison").filter(pk=pk).first()
    if found is None:
        raise Refused("not_found", NOT_FOUND)
    return found


def customer_names(query: str, limit: int = PICKER_LIMIT) -> QuerySet[Customer]:
    """Return firms by name, for anybody: whoever hears of trouble reports it, and learns only whose firm it is."""
    return (
        Customer.objects.found_by(query)
        .select_related("owner")
        .only("code", "name", "owner__surname", "owner__given_name", "owner__title")[:limit]
    )


def customer_named(text: str) -> int | None:
    """Return the key of the firm somebody typed or picked, by code or else by a name that fits exactly one.

    None for nothing typed; Refused when none or several fit.
    """
    if not (typed := text.strip()):
        return None
    if (by_code := Customer.objects.filter(code=typed).values_list("pk", flat=True).first()) is not None:
        return by_code
    fitting = list(Customer.objects.found_by(typed).values_list("pk", "name")[:PICKER_LIMIT]) if words(typed) else []
    exact = [pk for pk, name in fitting if normalise(name) == normalise(typed)]
    found = exact or [pk for pk, _name in fitting]
    if len(found) != 1:
        raise Refused("invalid", "Choose a customer from the list.", field="customer")
    return found[0]


def contacts_of(customer_id: int) -> QuerySet[Contact]:
    """Return the people of one customer who have not left; those who decide first."""
    return Contact.objects.filter(customer_id=customer_id, left_on__isnull=True).select_related("site")


def contact_get(viewer: Viewer, pk: int) -> Contact:
    """Return one person of a visible customer; else Refused not_found."""
    found = Contact.objects.filter(theirs(viewer, "customer__"), pk=pk).select_related("customer", "site").first()
    if found is None:
        raise Refused("not_found", NOT_FOUND)
    return found


def sites_of(customer_id: int) -> QuerySet[Site]:
    """Return the places of one customer, as they were added."""
    return Site.objects.filter(customer_id=customer_id)


def site_get(viewer: Viewer, pk: int) -> Site:
    """Return one place of a visible customer; else Refused not_found."""
    found = Site.objects.filter(theirs(viewer, "customer__"), pk=pk).select_related("customer").first()
    if found is None:
        raise Refused("not_found", NOT_FOUND)
    return found
