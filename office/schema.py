"""What the API reads of a body: a number where a number stands."""

from typing import Any, get_args

from ninja import Schema
from pydantic import ValidationInfo, field_validator


class Body(Schema):
    """The body of a request. `true` where a number is asked for is refused: pydantic would take it for 1, one yen.

    More than is asked for is let pass, so that a program may send back what it has read, changed.
    """

    @field_validator("*", mode="before")
    @classmethod
    def _numbers_are_numbers(cls, value: Any, info: ValidationInfo) -> Any:
        """Return the value as it is; ValueError for a truth where none is asked for."""
        if any(isinstance(one, bool) for one in (value if isinstance(value, list) else [value])):
            asked = cls.model_fields[info.field_name or ""].annotation
            if bool not in (asked, *get_args(asked)):
                raise ValueError("neither true nor false is asked for")
        return value
