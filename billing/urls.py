from django.urls import URLPattern, URLResolver, path

from billing.views import checking, imports, invoices, overdue, paper, receipts, records, search, thank_you

app_name = "billing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", invoices.invoices, name="list"),
    path("new/", invoices.invoice_new, name="new"),
    path("invoices/<str:number>/", invoices.invoice, name="invoice"),
    path("invoices/<str:number>/issue/", invoices.issue, name="issue"),
    path("invoices/<str:number>/payments/", invoices.payment, name="payment"),
    path("invoices/<str:number>/paper.pdf", paper.pdf, name="pdf"),
    path("invoices/<str:number>/paper.png", paper.picture, name="picture"),
    path("invoices/<str:number>/change/", checking.change, name="change"),
    path("invoices/<str:number>/correct/", checking.correct, name="correct"),
    path("invoices/<str:number>/refuse/", checking.refuse, name="refuse"),
    path("invoices/<str:number>/discard/", checking.discard, name="discard"),
    path("invoices/<str:number>/sent/", checking.sent, name="sent"),
    path("invoices/<str:number>/received/", checking.received, name="received"),
    path("payments/", search.payments, name="payments"),
    path("export/", search.export, name="export"),
    path("keeping/", search.keeping, name="keeping"),
    path("check/", checking.check, name="check"),
    path("watch/", records.watch, name="watch"),
    path("deliveries/", records.deliveries, name="deliveries"),
    path("deliveries/<str:number>/", records.delivery, name="delivery"),
    path("customers/<int:pk>/terms/", invoices.terms, name="terms"),
    path("thank-you/<int:pk>/", thank_you.thank_you, name="thank_you"),
    path("overdue/", overdue.overdue_page, name="overdue"),
    path("overdue/<int:pk>/", overdue.reminder, name="reminder"),
    path("receipts/", receipts.receipts_page, name="receipts"),
    path("receipts/import/", receipts.upload, name="receipts_import"),
    path("receipts/<int:pk>/", receipts.receipt, name="receipt"),
    path("receipts/<int:pk>/book/", receipts.book, name="receipt_book"),
    path("receipts/<int:pk>/aside/", receipts.aside, name="receipt_aside"),
    path("receipts/<int:pk>/undo/", receipts.undo, name="receipt_undo"),
    path("import/", imports.invoices_upload, name="import"),
    path("import/sample.csv", imports.invoices_sample, name="sample"),
]
