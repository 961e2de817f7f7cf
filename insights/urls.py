"""What is measured: services offered, smoke tests, feedback, and how the market fares."""

from django.urls import URLPattern, URLResolver, path

from insights.views import channel, feedback, offers, smoke, visits

app_name = "insights"
urlpatterns: list[URLPattern | URLResolver] = [
    path("dashboard/services/", offers.home, name="services_home"),
    path("dashboard/<slug:handle>/services/", offers.services, name="services"),
    path("dashboard/<slug:handle>/services/<slug:key>/", offers.service, name="service"),
    path("services/", smoke.smoke_tests, name="smoke_tests"),
    path("services/entries/<slug:slot>/", smoke.entries, name="entries"),
    path("services/<slug:slug>/", smoke.smoke_test, name="smoke_test"),
    path("services/<slug:slug>/apply/", smoke.apply, name="apply"),
    path("services/<slug:slug>/started/", smoke.started, name="started"),
    path("services/<slug:slug>/status/", smoke.application, name="application"),
    path("tell-us/", feedback.tell_us, name="tell_us"),
    path("visited/", visits.visited, name="visited"),
    path("dashboard/<slug:handle>/insights/", channel.channel, name="channel"),
]
