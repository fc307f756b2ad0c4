"""What a notice of a change says (変更のお知らせ): the letter, its mail, the first text. Pure; always Japanese."""

from billing.notices.letter import Change, Told, letter_of
from billing.notices.mail import body_of, subject_of
from billing.notices.words import SLOT, TEXTS, TITLES, slots

__all__ = ["SLOT", "TEXTS", "TITLES", "Change", "Told", "body_of", "letter_of", "slots", "subject_of"]
