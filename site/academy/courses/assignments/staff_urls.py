from django.urls import path

from academy.courses.assignments import staff_views

app_name = "assignments"
urlpatterns = [
    path("", staff_views.listed, name="list"),
    path("new/", staff_views.new, name="new"),
    path("<int:pk>/", staff_views.one, name="one"),
    path("<int:pk>/people/", staff_views.people, name="people"),
    path("<int:pk>/people/<int:row_pk>/excuse/", staff_views.unexcuse, name="unexcuse"),
    path("<int:pk>/people/<int:row_pk>/", staff_views.person, name="person"),
    path("<int:pk>/remind/", staff_views.remind, name="remind"),
    path("<int:pk>/cancel/", staff_views.cancel, name="cancel"),
    path("<int:pk>/close/", staff_views.close, name="close"),
]
