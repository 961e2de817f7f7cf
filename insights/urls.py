"""What is measured: services offered, smoke tests, feedback, and how the market fares."""

from django.urls import URLPattern, URLResolver

app_name = "insights"
urlpatterns: list[URLPattern | URLResolver] = []
