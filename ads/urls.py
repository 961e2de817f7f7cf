"""Ads: campaigns paid ahead or on credit, the auction that shows them, what they cost and what is owed."""

from django.urls import URLPattern, URLResolver, include, path

from ads.views import booking, campaigns, clicks, credit, statements

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
money_urls = [
    path("credit/", credit.credit, name="credit"),
    path("credit/withdraw/", credit.withdraw, name="credit_withdraw"),
    path("credit/documents/<int:pk>/remove/", credit.document_remove, name="credit_document_remove"),
    path("statements/", statements.statements, name="statements"),
    path("statements/<int:number>/", statements.statement, name="statement"),
    path("statements/<int:number>/csv/", statements.statement_csv, name="statement_csv"),
    path("repay/", statements.repay, name="repay"),
    path("campaigns/<int:pk>/book/", booking.book, name="book"),
    path("bookings/<str:token>/", booking.booking, name="booking"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("dashboard/<slug:handle>/ads/", include(campaign_urls)),
    path("dashboard/<slug:handle>/ads/", include(money_urls)),
    path("ads/click/<str:token>/", clicks.click, name="click"),
    path("ads/seen/<str:token>/", clicks.seen, name="seen"),
]
