from django.urls import path

from academy.reports import (
    behind,
    certificates,
    coverage,
    finding,
    learners,
    log,
    people,
    report_views,
    views,
)

app_name = "reports"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("find/", finding.find, name="find"),
    path("log/", log.listed, name="log"),
    path("records/", views.records, name="records"),
    path("completions/", views.completions, name="completions"),
    path("persons/", behind.persons, name="persons"),
    path("held/", behind.held, name="held"),
    path("guided/", behind.guided, name="guided"),
    path("coverage/people/", coverage.people, name="people"),
    path("coverage/enterprises/", coverage.enterprises, name="enterprises"),
    path("learning/", learners.paths, name="learning"),
    path("exams/", learners.exams, name="exams"),
    path("reports/", report_views.index, name="reports"),
    path("reports/<str:slug>/", report_views.report, name="report"),
    path("certificates/", certificates.listed, name="certificates"),
    path("certificates/<str:number>/", certificates.one, name="certificate"),
    path("people/<int:pk>/", people.record, name="person"),
    path("people/<int:pk>/hours/", people.correct_hours, name="correct_hours"),
]
