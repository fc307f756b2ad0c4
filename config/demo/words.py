"""Sentences several tales share: causes and measures as a letter may carry them."""

from datetime import date

CAUSE = "納品の記録から請求書を起こす作業を一名の手作業に頼り、もれに気づく確認の工程を設けておりませんでした"
CAUSE_SPLIT = "分納の記録が一件の受注に束ねられており、二回目の納品を請求に結びつける確認の工程を設けておりませんでした"
CAUSE_HANDOVER = "担当の交代の際、未請求の納品を引き継ぐ手順がなく、確認の工程を設けておりませんでした"
CAUSE_REPAIR = "修理品の返却を納品として記録しておらず、請求に結びつける確認の工程を設けておりませんでした"
CHECK = "作成者とは別の者が納品記録と照合したうえで、すべての請求書を発行いたします"
WEEKLY = "未請求の納品を毎週金曜日に一覧で点検いたします"
INVOICE_TODAY = "正しい請求書を本日中にお届けする"


def spoken(day: date) -> str:
    """A day as colleagues write it: 11/25."""
    return f"{day.month}/{day.day}"
