from django.urls import URLPattern, URLResolver, path

from billing.views import imports, invoices, thank_you

app_name = "billing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", invoices.invoices, name="list"),
    path("new/", invoices.invoice_new, name="new"),
    path("invoices/<str:number>/", invoices.invoice, name="invoice"),
    path("invoices/<str:number>/issue/", invoices.issue, name="issue"),
    path("invoices/<str:number>/payments/", invoices.payment, name="payment"),
    path("customers/<int:pk>/terms/", invoices.terms, name="terms"),
    path("thank-you/<int:pk>/", thank_you.thank_you, name="thank_you"),
    path("import/", imports.invoices_upload, name="import"),
    path("import/sample.csv", imports.invoices_sample, name="sample"),
]
