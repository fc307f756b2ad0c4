"""Addresses under /settings/."""

from django.urls import path

from office.views.calendar import calendar, closing_day_add, closing_day_remove, hours
from office.views.company import account_add, account_delete, company, seal, seal_upload
from office.views.home import settings
from office.views.journal import journal
from office.views.outbox import outbox, outbox_again, outbox_leave
from office.views.people import people, person, person_new, stand_in_add, stand_in_remove, team_add
from office.views.policy import policy, policy_edit

app_name = "office"
urlpatterns = [
    path("", settings, name="settings"),
    path("company/", company, name="company"),
    path("company/seal/", seal_upload, name="seal_upload"),
    path("company/seal.png", seal, name="seal"),
    path("company/accounts/", account_add, name="account_add"),
    path("company/accounts/<int:pk>/delete/", account_delete, name="account_delete"),
    path("calendar/", calendar, name="calendar"),
    path("calendar/hours/", hours, name="hours"),
    path("calendar/closing-days/", closing_day_add, name="closing_day_add"),
    path("calendar/closing-days/<int:pk>/delete/", closing_day_remove, name="closing_day_remove"),
    path("people/", people, name="people"),
    path("people/new/", person_new, name="person_new"),
    path("people/<int:pk>/", person, name="person"),
    path("people/teams/", team_add, name="team_add"),
    path("people/stand-ins/", stand_in_add, name="stand_in_add"),
    path("people/stand-ins/<int:pk>/delete/", stand_in_remove, name="stand_in_remove"),
    path("policy/", policy, name="policy"),
    path("policy/<str:key>/", policy_edit, name="policy_edit"),
    path("outbox/", outbox, name="outbox"),
    path("outbox/<int:pk>/retry/", outbox_again, name="outbox_retry"),
    path("outbox/<int:pk>/drop/", outbox_leave, name="outbox_drop"),
    path("journal/", journal, name="journal"),
]
