"""When two lines speak of the same product, and two numbers of the same paper. Pure: no database, no clock."""

import unicodedata

LONGEST = 200  # characters


def product_key(name: str) -> str:
    """Return a product's name or code as it is compared: ﾎﾞｰﾙﾈｼﾞ bs-2510 is ボールネジ BS-2510, blanks or not."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())[:LONGEST]


def number_key(number: str) -> str:
    """Return a paper's number as it is compared: Ｄ－１ and d-1 are D-1."""
    return unicodedata.normalize("NFKC", number).strip().casefold()


def number_forms(number: str) -> set[str]:
    """Return how a number may have been written down, for the database to look for."""
    half = unicodedata.normalize("NFKC", number).strip()
    return {number, half, half.upper(), half.lower()}
