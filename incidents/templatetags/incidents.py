"""What the templates of incidents need beside the house's own tags."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of(found: Mapping[str, list[Any]], name: str) -> list[Any]:
    """What a mapping holds under a name; nothing when it holds none."""
    return found.get(name, [])


@register.filter
def headline(summary: str) -> str:
    """The first sentence of what happened, whole: people's words are never cut off with an ellipsis."""
    return summary.split("。", 1)[0].split("\n", 1)[0]
