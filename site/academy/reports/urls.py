from django.urls import path

from academy.reports import log, views

app_name = "reports"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("log/", log.listed, name="log"),
    path("completions/", views.completions, name="completions"),
]
