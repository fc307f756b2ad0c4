"""The first text of a notice, by what changes. What only its writer knows stands as a slot 〔 〕."""

import re

SLOT = re.compile(r"〔[^〕]*〕")
TITLES = {
    "price": "価格改定のお願い",
    "format": "請求書の変更のお知らせ",
    "bank": "お振込先口座変更のお知らせ",
    "other": "変更のお知らせ",
}
TEXTS = {
    "price": "さて、〔原材料費の上昇〕により、現在の価格を保つことが難しくなりました。\n"
    "つきましては、誠に心苦しいお願いではございますが、下記のとおり価格を改定させていただきたく存じます。",
    "format": "さて、このたび弊社の請求書を下記のとおり変更いたします。\n"
    "ご請求の内容とお支払いの条件に変更はございません。",
    "bank": "さて、このたび弊社のお振込先口座を下記のとおり変更いたします。\n"
    "お手数をおかけいたしますが、変更日以降のお支払いは、新しい口座へお振り込みくださいますようお願い申し上げます。",
    "other": "さて、このたび〔変更すること〕を下記のとおり変更いたします。",
}


def slots(*texts: str) -> list[str]:
    """Return the slots that are still to be filled in, in order."""
    return [found for text in texts for found in SLOT.findall(text)]
