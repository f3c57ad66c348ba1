from django.urls import path

from academy.reports.managing import asking_in, people, places

app_name = "managing"
urlpatterns = [
    path("", places.mine, name="mine"),
    path("<int:pk>/", people.listed, name="people"),
    path("<int:pk>/former/", people.former, name="former"),
    path("<int:pk>/people/<int:membership>/", people.one, name="person"),
    path("<int:pk>/people/<int:membership>/post/", people.new_post, name="post"),
    path("<int:pk>/people/<int:membership>/end/", people.ended, name="end"),
    path("<int:pk>/requests/", asking_in.requests, name="requests"),
    path("<int:pk>/requests/<int:request_pk>/accept/", asking_in.accepted, name="accept"),
    path("<int:pk>/requests/<int:request_pk>/decline/", asking_in.declined, name="decline"),
    path("<int:pk>/invitations/", asking_in.invitations, name="invitations"),
    path("<int:pk>/invitations/phone/", asking_in.by_phone, name="by_phone"),
    path("<int:pk>/invitations/send/", asking_in.texted, name="send_texts"),
    path("<int:pk>/invitations/<int:invitation_pk>/", asking_in.poster, name="poster"),
    path("<int:pk>/invitations/<int:invitation_pk>/revoke/", asking_in.revoked, name="revoke"),
]
