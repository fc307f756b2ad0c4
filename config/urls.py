"""Every address, in one look. Each name needs a rule in config/access.py, or the tests fail."""

from allauth.account import views as account
from django.urls import include, path

from config.api import api
from config.health import healthz

handler404 = "config.doors.missing"
handler500 = "config.doors.broken"
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("login/again/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("login/factor/", include("allauth.mfa.urls")),
    path("api/v1/", api.urls),
    path("", include("desk.urls")),
    path("", include("incidents.urls")),
    path("customers/", include("customers.urls")),
    path("billing/", include("billing.urls")),
    path("settings/", include("office.urls")),
]
