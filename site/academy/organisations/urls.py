from django.urls import path

from academy.organisations import views

app_name = "organisations"
urlpatterns = [path("me/work/", views.work, name="work")]
