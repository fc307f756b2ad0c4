"""Why a mail came back, in words a clerk can act on; the mail server's own words stand behind them (RFC 3463)."""

import re

from django.utils.translation import gettext, gettext_noop

UNKNOWN = gettext_noop("The mail server did not take it. Please ask the customer which address is right.")
NO_ADDRESS = gettext_noop("There is no such address. Please ask the customer for the right one.")
FULL = gettext_noop("The mailbox is full. Please telephone and send it another way.")
TOO_LARGE = gettext_noop("The mail is too large for the customer's server. Please send it another way.")
REFUSED = gettext_noop("The customer's server refused it. Please ask them to let our mails through.")
UNREACHED = gettext_noop("The mail server could not be reached for hours. Please send it again, or another way.")
ASIDE = gettext_noop("It was put aside by hand.")
REASONS = (  # the first that fits; the fine codes of the server before its coarse ones
    (r"^put aside:", ASIDE),
    (r"\b5\.1\.", NO_ADDRESS),
    (r"\b5\.2\.2\b", FULL),
    (r"\b5\.(2\.3|3\.4)\b", TOO_LARGE),
    (r"\b5\.7\.", REFUSED),
    (r"\b55[013]\b", NO_ADDRESS),
    (r"\b552\b", FULL),
    (r"\b554\b", REFUSED),
    (r"Timeout|timed out|ConnectionRefused|gaierror|ConnectError|Disconnected", UNREACHED),
)


def reason_of(trouble: str) -> str:
    """Return what to tell of a mail that came back: its address, the reason in the reader's language, and in brackets
    the words of the server. trouble: the address and the error as the outbox keeps it; empty gives empty."""
    address, _space, words = trouble.partition(" ")
    if not address:
        return ""
    reason = next((reason for pattern, reason in REASONS if re.search(pattern, words)), UNKNOWN)
    said = f" ({words})" if words else ""
    return f"{address} {gettext(reason)}{said}"
