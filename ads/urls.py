"""Ads: campaigns paid ahead or on credit, the auction that shows them, what they cost and what is owed."""

from django.urls import URLPattern, URLResolver

app_name = "ads"
urlpatterns: list[URLPattern | URLResolver] = []
