"""Text at the door: names are kept exactly as typed, but what cannot be seen or breaks a header is refused."""

import re
import unicodedata

# Controls without tab and line ends, the marks that turn the direction of text (U+202A–202E, U+2066–2069), and halves
# of a character (U+D800–DFFF), which no database stores.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_HALVES = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def has_unseen(text: str) -> bool:
    """Whether the text holds control or direction marks, which no name and no sentence needs."""
    return bool(_UNSEEN.search(text))


def clean_line(text: str) -> str:
    """One line for a header or a file name: breaks and controls become a space."""
    return _BREAKS.sub(" ", text).strip()


def clipped(text: str, most: int) -> str:
    """The beginning of a text that takes up to `most` bytes of UTF-8, as names of files are counted."""
    return text.encode()[:most].decode(errors="ignore")


def is_whole(text: str) -> bool:
    """Whether no character is a half, which no database stores and no file holds."""
    return not _HALVES.search(text)


def digits(text: str) -> str:
    """The digits of a code, full-width ones too: "Ｔ１２３-4" → "1234"."""
    return "".join(str(unicodedata.digit(mark)) for mark in text if unicodedata.digit(mark, None) is not None)
