from billing.services.bookings import Booking, receipt_book, receipt_put_aside, receipt_undo
from billing.services.changes import Change, draft_change, draft_parts, invoice_correct
from billing.services.contracts import contract_create, contract_end
from billing.services.drafts import draft_discard, draft_gather, drafts_sweep
from billing.services.exports import invoices_export
from billing.services.imports import invoices_import
from billing.services.inquiries import inquiry_answer, inquiry_note, inquiry_postpone
from billing.services.invoices import invoice_create
from billing.services.issuing import (
    check_refuse,
    invoice_issue,
    invoice_received,
    invoices_check,
)
from billing.services.notice_copies import (
    Said,
    copy_acknowledge,
    copy_object,
    copy_tell,
    copy_unacknowledge,
    notice_posted,
)
from billing.services.notice_sweep import notices_sweep
from billing.services.notices import (
    NoticeWords,
    notice_change,
    notice_check,
    notice_draft,
    notice_refuse,
    notice_send,
    notice_withdraw,
)
from billing.services.payments import payment_record, payment_undo
from billing.services.price_files import prices_import
from billing.services.prices import price_put, price_remove
from billing.services.printing import render_invoices
from billing.services.receipts import Imported, receipt_cancel, receipts_import
from billing.services.recipients import recipient_put
from billing.services.record_sorts import contracts_import, deliveries_import, orders_import
from billing.services.records import (
    Line,
    delivery_cancel,
    delivery_create,
    order_cancel,
    order_create,
    order_promise,
)
from billing.services.reductions import reduction_create
from billing.services.reminders import MAILED, payment_reminder_record, payment_reminders_sweep
from billing.services.returns import return_gather, return_settle, settlement_undo
from billing.services.sendings import hold_drop, hold_put, hold_release, invoice_sent, invoices_send, sendings_sweep
from billing.services.terms import terms_put
from billing.services.thank_you import thank_you_call_record, thank_you_calls_sweep
from billing.services.waiting import orders_sweep
from billing.services.watch import watch_sweep

__all__ = [
    "MAILED",
    "Booking",
    "Change",
    "Imported",
    "Line",
    "NoticeWords",
    "Said",
    "check_refuse",
    "contract_create",
    "contract_end",
    "contracts_import",
    "copy_acknowledge",
    "copy_object",
    "copy_tell",
    "copy_unacknowledge",
    "deliveries_import",
    "delivery_cancel",
    "delivery_create",
    "draft_change",
    "draft_discard",
    "draft_gather",
    "draft_parts",
    "drafts_sweep",
    "hold_drop",
    "hold_put",
    "hold_release",
    "inquiry_answer",
    "inquiry_note",
    "inquiry_postpone",
    "invoice_correct",
    "invoice_create",
    "invoice_issue",
    "invoice_received",
    "invoice_sent",
    "invoices_check",
    "invoices_export",
    "invoices_import",
    "invoices_send",
    "notice_change",
    "notice_check",
    "notice_draft",
    "notice_posted",
    "notice_refuse",
    "notice_send",
    "notice_withdraw",
    "notices_sweep",
    "order_cancel",
    "order_create",
    "order_promise",
    "orders_import",
    "orders_sweep",
    "payment_record",
    "payment_reminder_record",
    "payment_reminders_sweep",
    "payment_undo",
    "price_put",
    "price_remove",
    "prices_import",
    "receipt_book",
    "receipt_cancel",
    "receipt_put_aside",
    "receipt_undo",
    "receipts_import",
    "recipient_put",
    "reduction_create",
    "render_invoices",
    "return_gather",
    "return_settle",
    "sendings_sweep",
    "settlement_undo",
    "terms_put",
    "thank_you_call_record",
    "thank_you_calls_sweep",
    "watch_sweep",
]
