from django.urls import path

from academy.reports.managing import appointing

app_name = "appointing"
urlpatterns = [
    path("enterprises/<int:pk>/managers/", appointing.managers, name="managers"),
    path("enterprises/<int:pk>/managers/<int:manager_pk>/dismiss/", appointing.dismissed, name="dismiss"),
]
