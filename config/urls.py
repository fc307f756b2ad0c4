from django.urls import include, path

urlpatterns = [
    path("", include("desk.urls")),
    path("incidents/", include("incidents.urls")),
    path("customers/", include("customers.urls")),
    path("billing/", include("billing.urls")),
    path("settings/", include("office.urls")),
]
