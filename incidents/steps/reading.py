"""Reading a paper that came in: valid, or refused with the first field that does not hold, in our words."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import ValidationError

from incidents.engine.translation import _
from incidents.steps.base import StepPaper
from office.errors import Refused

P = TypeVar("P", bound=StepPaper)

UNFIT = {  # pydantic's kinds of error, in our words
    "missing": _("%(where)s is required."),
    "string_too_short": _("%(where)s is required."),
    "too_short": _("%(where)s is required."),
    "string_too_long": _("%(where)s is too long."),
    "extra_forbidden": _("There is no field %(where)s here."),
    "literal_error": _("%(where)s must be one of the given choices."),
    "less_than_equal": _("%(where)s is too large."),
    "greater_than_equal": _("%(where)s is too small."),
}
UNFIT_OTHERWISE = _("Please check the entry for %(where)s.")


def validated(model: type[P], data: dict[str, Any]) -> P:
    """The paper made of data; Refused incomplete with the first field that does not hold."""
    if "\\u0000" in json.dumps(data, default=str):
        raise Refused("invalid", "Null characters are not allowed.")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _unfit(where, first["type"]) from error


def _unfit(where: str, kind: str) -> Refused:
    return Refused("incomplete", UNFIT.get(kind, UNFIT_OTHERWISE), field=where, where=where)
