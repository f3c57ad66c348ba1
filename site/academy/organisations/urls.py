from django.urls import path

from academy.organisations import views

app_name = "organisations"
urlpatterns = [
    path("me/work/", views.work, name="work"),
    path("me/work/<int:pk>/leave/", views.leave_place, name="leave"),
    path("me/work/<int:pk>/name/", views.name_place, name="choose"),
]
