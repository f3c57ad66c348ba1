from django.urls import path

from academy.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("completions/", views.completions, name="completions"),
]
