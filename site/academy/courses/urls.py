from django.urls import path

from academy.courses import views

app_name = "courses"
urlpatterns = [
    path("lessons/<int:pk>/done/", views.finish, name="finish"),
]
