from django.urls import path

from payments.sandbox import views

app_name = "sandbox"
urlpatterns = [
    *(path(f"api/{verb}/", views.api, {"verb": verb}, name=verb) for verb in views.VERBS),
    path("<slug:reference>/", views.payment, name="payment"),
]
