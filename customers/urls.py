from django.urls import URLPattern, URLResolver, path

from customers.views import appointments, bans, customers, imports, promises, sites

app_name = "customers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", customers.customers, name="list"),
    path("names/", customers.names, name="names"),
    path("new/", customers.customer_new, name="new"),
    path("<int:pk>/edit/", customers.customer_edit, name="edit"),
    path("<int:pk>/contacts/new/", customers.contact_new, name="contact_new"),
    path("<int:pk>/ban/", bans.ban, name="ban"),
    path("<int:pk>/ban/lift/", bans.ban_lift, name="ban_lift"),
    path("<int:pk>/calls/new/", customers.call_new, name="call"),
    path("<int:pk>/temperature/new/", customers.reading_new, name="reading"),
    path("<int:pk>/promises/new/", promises.promise_new, name="promise_new"),
    path("<int:pk>/sites/new/", sites.site_new, name="site_new"),
    path("contacts/<int:pk>/", customers.contact_edit, name="contact"),
    path("sites/<int:pk>/", sites.site_edit, name="site"),
    path("appointments/", appointments.appointments, name="appointments"),
    path("appointments/new/", appointments.appointment_new, name="appointment_new"),
    path("appointments/import/", appointments.appointments_upload, name="appointments_import"),
    path("appointments/<int:pk>/", appointments.appointment, name="appointment"),
    path("appointments/<int:pk>/check/", appointments.check, name="appointment_check"),
    path("appointments/<int:pk>/arrived/", appointments.arrived, name="appointment_arrived"),
    path("appointments/<int:pk>/late/", appointments.late, name="appointment_late"),
    path("appointments/<int:pk>/delete/", appointments.delete, name="appointment_delete"),
    path("promises/", promises.promises, name="promises"),
    path("promises/<int:pk>/", promises.promise, name="promise"),
    path("promises/<int:pk>/agree/", promises.agree, name="promise_agree"),
    path("promises/<int:pk>/keep/", promises.keep, name="promise_keep"),
    path("promises/<int:pk>/reschedule/", promises.reschedule, name="promise_reschedule"),
    path("promises/<int:pk>/break/", promises.not_kept, name="promise_break"),
    path("promises/<int:pk>/chase/", promises.chase, name="promise_chase"),
    path("promises/<int:pk>/chase/undo/", promises.chase_undo, name="promise_chase_undo"),
    path("import/", imports.customers_upload, name="import"),
    path("import/sample.csv", imports.customers_sample, name="sample"),
]
