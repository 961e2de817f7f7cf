"""Ads: campaigns paid ahead or on credit, the auction that shows them, what they cost and what is owed."""

from django.urls import URLPattern, URLResolver, include, path

from ads.views import campaigns, clicks

app_name = "ads"

campaign_urls = [
    path("", campaigns.campaign_list, name="campaigns"),
    path("new/", campaigns.campaign_new, name="campaign_new"),
    path("preview/", campaigns.campaign_preview, name="campaign_preview"),
    path("<int:pk>/", campaigns.campaign, name="campaign"),
    path("<int:pk>/edit/", campaigns.campaign_edit, name="campaign_edit"),
    path("<int:pk>/report.csv", campaigns.campaign_csv, name="campaign_csv"),
    *(path(f"<int:pk>/{verb}/", campaigns.campaign_step, {"verb": verb}, name=verb) for verb in campaigns.STEPS),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("dashboard/<slug:handle>/ads/", include(campaign_urls)),
    path("ads/click/<str:token>/", clicks.click, name="click"),
    path("ads/seen/<str:token>/", clicks.seen, name="seen"),
]
