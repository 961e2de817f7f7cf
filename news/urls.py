from django.urls import path

from news import views

app_name = "news"
urlpatterns = [
    path("news/", views.news_list, name="list"),
    path("news/<int:pk>/", views.open_news, name="open"),
    path("news/read/", views.read_all, name="read_all"),
    path("news/badge/", views.badge, name="badge"),
    path("news/settings/", views.news_settings, name="settings"),
    path("news/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("news/push/", views.subscribe, name="subscribe"),
    path("news/push/end/", views.end_subscription, name="end_subscription"),
]
