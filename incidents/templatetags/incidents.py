"""What the templates of incidents need beside the house's own tags."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext

from incidents.leaves.recovery import KNOWN_AS, OUTCOMES
from incidents.models import Incident
from office.templatetags.makoto import span_in_words

register = template.Library()


@register.filter
def of(found: Mapping[str, list[Any]], name: str) -> list[Any]:
    """What a mapping holds under a name; nothing when it holds none."""
    return found.get(name, [])


@register.filter
def recovery(incident: Incident) -> str:
    """How dealings stand after an incident, in words; empty while nobody has noted it."""
    outcome = incident.case.get("known", {}).get(KNOWN_AS)
    return gettext(OUTCOMES[outcome]) if outcome else ""


@register.filter
def told_after(incident: Incident) -> str:
    """How long after knowing the first report was sent: 12分."""
    return span_in_words(incident.opened_at - incident.aware_at)


@register.filter
def headline(summary: str) -> str:
    """The first sentence of what happened, whole: people's words are never cut off with an ellipsis."""
    return summary.split("。", 1)[0].split("\n", 1)[0]
