"""Ads: campaigns paid ahead or on credit, the auction that shows them, what they cost and what is owed."""

from django.urls import URLPattern, URLResolver, include, path

from ads.views import booking, credit, statements

app_name = "ads"

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
    path("dashboard/<slug:handle>/ads/", include(money_urls)),
]
