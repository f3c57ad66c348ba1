from django.urls import path

from academy.reports import me

app_name = "me"
urlpatterns = [
    path("", me.home, name="home"),
    path("hours/", me.hours, name="hours"),
    path("handbooks/", me.handbooks, name="handbooks"),
]
