"""What is read out of a request."""

import pytest

from office.http import whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("0", 0), ("9" * 18, 10**18 - 1), ("9" * 19, -1), ("9" * 5000, -1), ("", -1), ("-3", -1), ("1.5", -1)],
)
def test_a_number_in_a_request_is_one_or_none(text: str, number: int) -> None:
    assert whole_number(text, -1) == number
