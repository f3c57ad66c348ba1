from django.urls import path

from academy.courses.assignments import enterprise_views

app_name = "own_assignments"
urlpatterns = [
    path("", enterprise_views.listed, name="list"),
    path("<int:pk>/", enterprise_views.people, name="people"),
    path("<int:pk>/remind/", enterprise_views.remind, name="remind"),
]
