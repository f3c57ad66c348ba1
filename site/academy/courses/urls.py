from django.urls import path

from academy.courses import lesson_views, views

app_name = "courses"
urlpatterns = [
    path("<int:pk>/lessons/<int:number>/report/", lesson_views.report, name="lesson_report"),
    path("<int:pk>/lessons/<int:number>/done/", lesson_views.done, name="lesson_done"),
    path("<int:pk>/lessons/<int:number>/checks/<int:question_pk>/", lesson_views.check, name="lesson_check"),
    path("<int:pk>/edition/", views.choose_edition, name="choose_edition"),
    path(
        "<int:pk>/editions/<int:edition>/lessons/<int:number>/", views.edition_lesson, name="edition_lesson"
    ),
]
