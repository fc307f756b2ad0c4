from django.urls import URLPattern, URLResolver, path

from desk import customer, offline, views

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.today, name="today"),
    path("approvals/", views.approvals, name="approvals"),
    path("search/", views.search, name="search"),
    path("more/", views.more, name="more"),
    path("offline/", offline.offline, name="offline"),
    path("language/", views.language, name="language"),
    path("notebook/", views.notebook, name="notebook"),
    path("calendar/<str:key>.ics", views.feed, name="feed"),
    path("customers/<int:pk>/", customer.customer, name="customer"),
]
