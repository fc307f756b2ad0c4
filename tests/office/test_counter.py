from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from office.models import Counter
from office.services import number_next

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]
WORKERS, EACH = 4, 15


def draw(each: int) -> list[int]:
    """Numbers drawn in transactions of their own, every third of which fails and gives its number back."""
    kept = []
    try:
        for turn in range(each):
            try:
                with transaction.atomic():
                    number = number_next(key="letter")
                    if turn % 3 == 2:
                        raise ValueError("changed our mind")
            except ValueError:
                continue
            kept.append(number)
    finally:
        connection.close()
    return kept


def test_numbers_drawn_side_by_side_have_no_gap_and_no_double() -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        drawn = sorted(number for kept in pool.map(draw, [EACH] * WORKERS) for number in kept)
    assert drawn == list(range(1, WORKERS * EACH * 2 // 3 + 1))
    assert Counter.objects.get().value == drawn[-1]


def test_keys_count_on_their_own() -> None:
    with transaction.atomic():
        assert [number_next(key=key) for key in ("a", "b", "a")] == [1, 1, 2]


def test_a_number_outside_a_transaction_is_a_mistake() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        number_next(key="letter")
