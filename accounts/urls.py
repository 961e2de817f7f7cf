from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.home, name="home"),
    path("profile/", views.profile, name="profile"),
    path("security/", views.security, name="security"),
    path("data/", views.data, name="data"),
    path("data/<int:pk>.zip", views.export_file, name="export"),
    path("choices/", views.choices, name="choices"),
    path("leave/", views.leave, name="leave"),
    path("sessions/end/", views.session_end, name="session_end"),
    # in front of allauth's pages of the same addresses
    path("2fa/", views.to_security),
    path("2fa/webauthn/", views.to_security),
    path("2fa/webauthn/keys/<int:pk>/remove/", views.passkey_remove),
]
