from django.urls import path

from academy.courses import views

app_name = "courses"
urlpatterns = [
    path("lessons/<int:pk>/done/", views.finish, name="finish"),
    path("<int:pk>/edition/", views.choose_edition, name="choose_edition"),
    path(
        "<int:pk>/editions/<int:edition>/lessons/<int:number>/", views.edition_lesson, name="edition_lesson"
    ),
]
