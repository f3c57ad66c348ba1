from django.urls import path

from academy.reports import certificates, log, people, views

app_name = "reports"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("log/", log.listed, name="log"),
    path("completions/", views.completions, name="completions"),
    path("certificates/", certificates.listed, name="certificates"),
    path("certificates/<str:number>/", certificates.one, name="certificate"),
    path("people/<int:pk>/", people.record, name="person"),
    path("people/<int:pk>/hours/", people.correct_hours, name="correct_hours"),
]
