"""Who a payer is, from what the bank wrote: half-width kana in capitals, short forms of companies, names that were cut.

Pure. Written names and the names of customers are brought into one spelling, the "core": half-width kana without small
letters, without blanks and marks, without the legal form. Banks write 株式会社 as ｶ) in front, (ｶ behind, (ｶ) inside.
"""

import re
import unicodedata

import jaconv

from customers.search import LEGAL_FORMS

SMALL = str.maketrans("ｧｨｩｪｫｯｬｭｮｦ", "ｱｲｳｴｵﾂﾔﾕﾖｵ")  # many banks have no small letters and no ｦ
NOISE = re.compile(r"[\s\-‐‑‒–—―−ｰー.,･・､、/&'\"*＊:：]+")
LEAD = re.compile(r"^(振込入金|振込|振替|ﾌﾘｺﾐ)+")  # a statement's word for what came in
FRONT, INSIDE, BEHIND = re.compile(r"^[^()]{1,4}\)"), re.compile(r"\([^()]{1,4}\)"), re.compile(r"\([^()]{0,4}$")
IN_FULL = re.compile("ｶﾌﾞｼｷｶﾞｲｼﾔ|ﾕｳｹﾞﾝｶﾞｲｼﾔ|ｺﾞｳﾄﾞｳｶﾞｲｼﾔ|ｺﾞｳｼｶﾞｲｼﾔ|ｺﾞｳﾒｲｶﾞｲｼﾔ|ｲﾘﾖｳﾎｳｼﾞﾝ")
NUMBER = re.compile(r"^\d{1,10}(?=\D)")  # a payer's number may stand before the name
CUTS = frozenset({25, 26, 47, 48})  # written letters of a name that a bank may have cut (the last may be a blank)
SHORTEST = 8  # letters of a cut name that still say who it is


def core(text: str) -> str:
    """Return the core of a name, however it is written: ｶ)ﾄｳﾜｺｳｷﾞﾖｳ, トウワ工業, 株式会社トウワコウギョウ."""
    plain = LEGAL_FORMS.sub("", unicodedata.normalize("NFKC", text)).upper()
    half: str = jaconv.z2h(jaconv.hira2kata(plain), kana=True, ascii=True, digit=True)
    half = LEAD.sub("", NOISE.sub("", half).translate(SMALL))
    for form in (FRONT, BEHIND, INSIDE, IN_FULL):
        half = form.sub("", half)
    return re.sub("[()]", "", half)


def cores(written: str) -> frozenset[str]:
    """Return whom a bank's text may mean: the name as it stands, and without a number in front of it."""
    found = (core(written), core(without_number(written)))
    return frozenset(filter(None, found))


def without_number(written: str) -> str:
    """Return the text without a payer's number in front of the name."""
    return NUMBER.sub("", unicodedata.normalize("NFKC", written).strip())


def number_in_front(written: str) -> str:
    """Return a payer's number that stands before the name, "" when there is none."""
    found = NUMBER.match(unicodedata.normalize("NFKC", written).strip())
    return found.group() if found else ""


def is_cut(written: str) -> bool:
    """Return whether a name may go on: 26 letters arrive where a message of EDI is sent along, 48 at most."""
    half: str = jaconv.z2h(unicodedata.normalize("NFKC", written), kana=True, ascii=True, digit=True)
    return len(half) in CUTS


def plain_code(text: str) -> str:
    """Return a number or an invoice's number as it is compared: letters and digits alone, in capitals."""
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())
