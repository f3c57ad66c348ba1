from django.urls import path

from academy.courses import exam_views, lesson_views, views

app_name = "courses"
urlpatterns = [
    path("lessons/<int:pk>/done/", views.finish, name="finish"),
    path("<int:pk>/lessons/<int:number>/report/", lesson_views.report, name="lesson_report"),
    path("<int:pk>/lessons/<int:number>/done/", lesson_views.done, name="lesson_done"),
    path("<int:pk>/lessons/<int:number>/checks/<int:question_pk>/", lesson_views.check, name="lesson_check"),
    path("<int:pk>/edition/", views.choose_edition, name="choose_edition"),
    path(
        "<int:pk>/editions/<int:edition>/lessons/<int:number>/", views.edition_lesson, name="edition_lesson"
    ),
    path("<int:pk>/exam/", exam_views.before, name="exam"),
    path("<int:pk>/exam/start/", exam_views.start, name="start"),
    path("<int:pk>/exam/<int:attempt_pk>/", exam_views.sit, name="sit"),
    path("<int:pk>/exam/<int:attempt_pk>/hand-in/", exam_views.hand_in, name="hand_in"),
    path("<int:pk>/exam/<int:attempt_pk>/result/", exam_views.result, name="result"),
]
