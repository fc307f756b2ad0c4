"""What the API reads of a body: a number where a number stands, and text that can be kept."""

from typing import Any, get_args

from ninja import Schema
from pydantic import ValidationInfo, field_validator

from office.text import is_whole


class Body(Schema):
    """The body of a request. `true` where a number is asked for is refused: pydantic would take it for 1, one yen. Half
    a character is refused, too: no database stores it.

    More than is asked for is let pass, so that a program may send back what it has read, changed.
    """

    @field_validator("*", mode="before")
    @classmethod
    def _is_what_it_seems(cls, value: Any, info: ValidationInfo) -> Any:
        """Return the value as it is; ValueError for a truth where none is asked for, and for half a character."""
        each = value if isinstance(value, list) else [value]
        if any(isinstance(one, str) and not is_whole(one) for one in each):
            raise ValueError("holds half a character")
        if any(isinstance(one, bool) for one in each):
            asked = cls.model_fields[info.field_name or ""].annotation
            if bool not in (asked, *get_args(asked)):
                raise ValueError("neither true nor false is asked for")
        return value
