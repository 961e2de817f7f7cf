"""What is measured: services offered, smoke tests, feedback, and how the market fares."""

from django.urls import URLPattern, URLResolver, path

from insights.views import channel, visits

app_name = "insights"
urlpatterns: list[URLPattern | URLResolver] = [
    path("visited/", visits.visited, name="visited"),
    path("dashboard/<slug:handle>/insights/", channel.channel, name="channel"),
]
