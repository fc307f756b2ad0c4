"""Making and changing the places of a customer."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from customers.models import Customer, Site
from customers.selectors import NOT_FOUND, sites_of
from customers.services.customers import reindex, same_version
from customers.text import clean, postal_code, required
from office.errors import Refused
from office.models import User
from office.services import journal_write

NAMED = gettext_noop("This customer already has a site called %(name)s.")


@dataclass(frozen=True, kw_only=True)
class SiteData:
    """What is typed about a place of a customer."""

    name: str
    postal_code: str = ""
    address: str = ""
    phone: str = ""


@transaction.atomic
def site_create(*, customer_id: int, data: SiteData, by: User, at: datetime) -> Site:
    """Add a place to a customer, who is then found by its name and telephone too."""
    customer = _held(pk=customer_id)
    site = Site(customer=customer)
    _save(site, data)
    reindex(customer)
    journal_write(actor=by, verb=gettext_noop("Site made"), about=f"customer {customer.pk}", at=at)
    return site


@transaction.atomic
def site_update(*, site_id: int, version: int, data: SiteData, by: User, at: datetime) -> Site:
    """Change a place as it stood at `version`; Refused conflict when it was changed meanwhile."""
    customer = _held(sites=site_id)
    site = sites_of(customer.pk).get(pk=site_id)
    same_version(site.version, version)
    site.version += 1
    _save(site, data)
    reindex(customer)
    journal_write(actor=by, verb=gettext_noop("Site changed"), about=f"customer {customer.pk}", at=at)
    return site


def _held(**which: int) -> Customer:
    """Return the customer, whose lock keeps everybody else from its sites; Refused when there is none."""
    customer = Customer.objects.select_for_update(of=("self",)).filter(**which).first()
    if customer is None:
        raise Refused("not_found", NOT_FOUND)
    return customer


def _save(site: Site, data: SiteData) -> None:
    """Save checked texts; Refused names the field. The name stays exactly as typed."""
    site.name = required(data.name, field="name", limit=120)
    site.postal_code = postal_code(clean(data.postal_code, field="postal_code", limit=10))
    site.address = clean(data.address, field="address", limit=300)
    site.phone = clean(data.phone, field="phone", limit=40)
    if sites_of(site.customer_id).filter(name=site.name).exclude(pk=site.pk).exists():
        raise Refused("conflict", NAMED, field="name", name=site.name)
    site.save()
