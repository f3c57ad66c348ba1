from django.urls import path

from academy.chat import doors, embedding, views

app_name = "chat"
urlpatterns = [
    path("ask/", views.ask_page, name="ask"),
    path("ask/stream", doors.stream, name="stream"),
    path("ask/stop/<uuid:key>", doors.stop, name="stop"),
    path("ask/embed/", embedding.frame, name="frame"),
    path("ask/history/", views.history, name="history"),
    path("ask/history/delete/", views.forget, name="forget"),
    path("ask/<uuid:pk>/", views.answer, name="answer"),
    path("ask/<uuid:pk>/feedback/", views.feedback, name="feedback"),
    path("api/ask", doors.api, name="api"),
    path("embed.js", embedding.script, name="embed"),
]
