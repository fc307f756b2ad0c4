"""One spelling for many: how a firm, a person or a telephone number is found however it was typed.

The stored texts stay exactly as typed; only the column `search` and the typed query pass through here.
"""

import re
import unicodedata

import jaconv

# Old and rare forms that people type and that their own keyboard may not offer: each is searched as the everyday form.
VARIANTS = str.maketrans(
    "髙﨑𠮷邉邊渡濵濱齋齊斎嶋嶌德栁槗桒澤國廣眞惠冨瀨增櫻榮濟條髮龍瀧會學圓鐵關藏緖曾奧塚礒舘莊禮靜祿",
    "高崎吉辺辺渡浜浜斉斉斉島島徳柳橋桑沢国広真恵富瀬増桜栄済条髪竜滝会学円鉄関蔵緒曽奥塚磯館荘礼静禄",
)
LEGAL_FORMS = re.compile(
    "|".join(
        re.escape(form)
        for form in (
            "株式会社",
            "有限会社",
            "合同会社",
            "合資会社",
            "合名会社",
            "一般社団法人",
            "一般財団法人",
            "公益社団法人",
            "公益財団法人",
            "医療法人社団",
            "医療法人財団",
            "医療法人",
            "社会福祉法人",
            "学校法人",
            "独立行政法人",
            "(株)",
            "(有)",
            "(同)",
            "(資)",
            "(名)",
            "(医)",
            "(社)",
            "(財)",
        )
    )
)
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
HYPHENS = "-‐‑‒–—―−ｰー"
BETWEEN_DIGITS = re.compile(f"(?<=[0-9)])[{HYPHENS}() .]+(?=[0-9])")
NOISE = re.compile(r"[\s‐‑‒–—―−\-・.,、。'\"()（）「」&＆/]+")
TELEPHONE = re.compile(r"[0-9+()\-\s.]{3,}")


def normalise(text: str) -> str:
    """Return `text` as it is compared: width, case, kana, old character forms, hyphens and legal forms made one."""
    folded = unicodedata.normalize("NFKC", SELECTORS.sub("", text)).lower().translate(VARIANTS)
    folded = BETWEEN_DIGITS.sub("", jaconv.hira2kata(LEGAL_FORMS.sub("", folded)))
    return NOISE.sub("", folded)


def words(query: str) -> list[str]:
    """Return the normalised words of a typed query; each of them must be found. A telephone number is one word."""
    typed = unicodedata.normalize("NFKC", query).translate(str.maketrans(HYPHENS, "-" * len(HYPHENS))).strip()
    if TELEPHONE.fullmatch(typed):
        return [digits(typed)]
    return [word for part in unicodedata.normalize("NFKC", query).split() if (word := normalise(part))]


def digits(phone: str) -> str:
    """Return the domestic digits of a telephone number typed in any width, with or without hyphens or +81."""
    typed = unicodedata.normalize("NFKC", phone).strip()
    plain = "".join(char for char in typed if char in "0123456789")
    return "0" + plain[2:].removeprefix("0") if typed.startswith("+81") else plain


def haystack(*texts: str) -> str:
    """Return the search column: each text normalised, telephone numbers as digits, kept apart by line breaks."""
    return "\n".join(dict.fromkeys(found for text in texts if (found := normalise(text))))


def short_name(name: str) -> str:
    """Return a firm's name as it is spoken: 東和工業株式会社 is 東和工業. Never empty."""
    spoken = re.sub(r"^[㈱㈲]|[㈱㈲]$|[(（][株有同資名医社財][)）]", "", LEGAL_FORMS.sub("", name)).strip(" \u3000")
    return spoken or name
