"""When two lines speak of the same product. Pure: no database, no clock."""

import unicodedata

LONGEST = 200  # characters


def product_key(name: str) -> str:
    """Return a product's name or code as it is compared: ﾎﾞｰﾙﾈｼﾞ bs-2510 is ボールネジ BS-2510, blanks or not."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())[:LONGEST]
