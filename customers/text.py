"""What is let in at the door: people's words as typed, without characters that no keyboard makes."""

import unicodedata

import jaconv
from django.utils.translation import gettext_noop

from office.errors import Refused
from office.text import has_unseen

UNSEEN = gettext_noop("This text holds a character that cannot be stored.")
LINE_ENDS = str.maketrans("", "", "\n\r\t")


def clean(text: str, *, field: str, limit: int = 0, lines: bool = False) -> str:
    """Return `text` without outer blanks and otherwise untouched.

    Control characters (NUL above all) and marks that turn the writing direction are refused, as is a text longer than
    `limit` characters; line breaks are let in where `lines` is true.
    """
    if has_unseen(text) or (not lines and text != text.translate(LINE_ENDS)):
        raise Refused("invalid", UNSEEN, field=field)
    stripped = text.strip()
    if limit and len(stripped) > limit:
        raise Refused(
            "invalid", gettext_noop("This text is longer than %(limit)s characters."), field=field, limit=limit
        )
    return stripped


def required(text: str, *, field: str, limit: int = 0, lines: bool = False) -> str:
    """Return `clean` text, refused when nothing is left of it."""
    cleaned = clean(text, field=field, limit=limit, lines=lines)
    if not cleaned:
        raise Refused("incomplete", gettext_noop("This field is still empty."), field=field)
    return cleaned


def katakana(text: str) -> str:
    """Return a reading in full-width katakana, whether typed as hiragana, half width or katakana."""
    return str(jaconv.hira2kata(unicodedata.normalize("NFKC", text)))


def postal_code(text: str) -> str:
    """Return 123-4567 for seven digits in any width and with any hyphen; anything else as typed."""
    plain = "".join(char for char in unicodedata.normalize("NFKC", text) if char.isdecimal())
    return f"{plain[:3]}-{plain[3:]}" if len(plain) == 7 else text
