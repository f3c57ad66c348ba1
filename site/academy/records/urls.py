from django.urls import path

from academy.records import verifying, views

app_name = "records"
urlpatterns = [
    path("certificates/<str:number>/", views.certificate, name="certificate"),
    path("certificates/<str:number>/certificate.pdf", views.certificate_pdf, name="pdf"),
    path("verify/", verifying.ask, name="ask"),
    # whatever is typed here gets the same answer, also what cannot be a code
    path("verify/<path:code>/", verifying.verify, name="verify"),
]
