"""Addresses of money: a request and its steps, paying, one's wallet, the seller's desk."""

from django.urls import URLPattern, URLResolver, include, path

from payments.views import (
    attempts,
    card_refunds,
    coupons,
    desk,
    orders,
    paying,
    pictures,
    requests,
    slips,
    steps,
    wallet,
)

app_name = "payments"

request_urls = [
    path("", requests.request, name="request"),
    path("card/", requests.card, name="card"),
    path("receipt/", requests.receipt, name="receipt"),
    path("pay/", paying.pay, name="pay"),
    path("address/", paying.address, name="address"),
    path("edit/", steps.edit, name="edit"),
    path("pictures/<str:key>/<int:width>/", pictures.picture, name="picture"),
    path("upload/", pictures.upload, name="upload"),
    *(path(f"{verb.replace('_', '-')}/", steps.step, {"verb": verb}, name=verb) for verb in steps.ACTS),
]
desk_urls = [
    path("", desk.money, name="desk"),
    path("requests/", desk.requests, name="desk_requests"),
    path("orders/", orders.order_list, name="orders"),
    path("requests/new/", desk.request_new, name="request_new"),
    path("requests/fields/", desk.request_fields, name="request_fields"),
    path("slips/", slips.slips, name="slips"),
    path("coupons/", coupons.coupons, name="coupons"),
    path("coupons/new/", coupons.coupon_new, name="coupon_new"),
    path("coupons/<int:pk>/state/", coupons.coupon_state, name="coupon_state"),
    path("payouts/", desk.payouts, name="payouts"),
    path("entries/", desk.entries, name="entries"),
    path("statement/", desk.statement, name="desk_statement"),
]
address_urls = [
    path("", wallet.addresses, name="addresses"),
    path("new/", wallet.address_new, name="address_new"),
    path("<int:pk>/", wallet.address_edit, name="address_edit"),
    path("<int:pk>/delete/", wallet.address_delete, name="address_delete"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("requests/<str:token>/", include(request_urls)),
    path("attempts/<str:token>/", attempts.attempt, name="attempt"),
    path("attempts/<str:token>/return/", attempts.back, name="attempt_return"),
    path("wallet/", wallet.wallet, name="wallet"),
    path("wallet/top-up/", wallet.top_up, name="top_up"),
    path("wallet/card/", card_refunds.card_refunds, name="card_refunds"),
    path("wallet/card/<str:token>/", card_refunds.card_refund, name="card_refund"),
    path("wallet/statement/", wallet.statement, name="statement"),
    path("addresses/", include(address_urls)),
    path("purchases/", requests.purchases, name="purchases"),
    path("dashboard/<slug:handle>/money/", include(desk_urls)),
]
