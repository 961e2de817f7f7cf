"""The storekeepers group: verified sellers and the team talk, vote and see what becomes of ideas."""

from django.urls import URLPattern, URLResolver

app_name = "community"
urlpatterns: list[URLPattern | URLResolver] = []
