import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.tnumber import check_digit_fits, has_shape, normalised

# Corporate numbers that stand in public: the National Tax Agency's own and the Digital Agency's.
PUBLIC = ["T7000012050002", "T8000012010038"]


@pytest.mark.parametrize("number", PUBLIC)
def test_public_numbers_fit(number: str) -> None:
    assert has_shape(number)
    assert check_digit_fits(number)


@given(st.text("0123456789", min_size=12, max_size=12))
def test_one_first_digit_of_nine_fits(base: str) -> None:
    assert sum(check_digit_fits(f"T{first}{base}") for first in range(1, 10)) == 1
    assert not check_digit_fits(f"T0{base}")


@given(st.sampled_from(PUBLIC), st.integers(2, 13), st.integers(1, 8))
def test_a_wrong_digit_is_noticed_except_between_0_and_9(number: str, place: int, step: int) -> None:
    wrong = str((int(number[place]) + step) % 10)
    typed = number[:place] + wrong + number[place + 1 :]
    if {wrong, number[place]} != {"0", "9"}:
        assert not check_digit_fits(typed)


TYPED = ["ｔ７－０００－０１２－０５０－００２", "T7000012050002", " t7 0000 1205 0002 ", "Ｔ7ー0000ー1205ー0002"]


@pytest.mark.parametrize("typed", TYPED)
def test_any_width_and_hyphen_is_understood(typed: str) -> None:
    assert normalised(typed) == "T7000012050002"


@pytest.mark.parametrize("number", ["", "7000012050002", "T700001205000", "T70000120500022", "T700001205000x"])
def test_another_shape_is_no_number(number: str) -> None:
    assert not has_shape(number)
