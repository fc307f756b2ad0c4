from django.urls import URLPattern, URLResolver, path

from incidents.views import (
    acts,
    incidents,
    letters,
    listening,
    lists,
    manners,
    measures,
    procedures,
    reports,
    similar,
    spread,
    steps,
)

app_name = "incidents"
urlpatterns: list[URLPattern | URLResolver] = [
    path("letters/", letters.letters, name="letters"),
    path("incidents/", lists.incident_list, name="list"),
    path("incidents/new/", reports.new, name="new"),
    path("incidents/customers/", reports.customers, name="customers"),
    path("incidents/wording/", manners.wording, name="wording"),
    path("incidents/procedures/", procedures.procedures, name="procedures"),
    path("incidents/procedures/<str:kind>/", procedures.procedure, name="procedure"),
    path("incidents/<str:number>/", incidents.detail, name="detail"),
    path("incidents/<str:number>/command/", incidents.command, name="command"),
    path("incidents/<str:number>/read/", incidents.read, name="read"),
    path("incidents/<str:number>/similar/", similar.similar_cases, name="similar"),
    path("incidents/<str:number>/listening/", listening.listening, name="listening"),
    path("incidents/<str:number>/listening/sheet/", listening.sheet, name="listening_sheet"),
    path("incidents/<str:number>/timeline/", incidents.timeline, name="timeline"),
    path("incidents/<str:number>/acts/<str:command>/", acts.act, name="act"),
    path("incidents/<str:number>/steps/<str:step>/", steps.step, name="step"),
    path("incidents/<str:number>/measures/<int:place>/", measures.measure, name="measure"),
    path("incidents/<str:number>/spread/", spread.spread, name="spread"),
    path("measures/new/", measures.measure_new, name="measure_new"),
    path("measures/<int:pk>/", measures.standing, name="standing"),
    path("incidents/<str:number>/letter/preview.png", letters.letter_preview, name="letter_preview"),
    path("incidents/<str:number>/letter/draft.pdf", letters.letter_draft, name="letter_draft"),
    path("incidents/<str:number>/letters/<int:pk>.pdf", letters.letter_pdf, name="letter_pdf"),
]
