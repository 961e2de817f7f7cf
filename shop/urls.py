"""Addresses of the buyer's front."""

from django.contrib.sitemaps.views import index, sitemap
from django.urls import URLPattern, path
from django.views.decorators.cache import cache_control

from shop.sitemaps import SITEMAPS
from shop.views import (
    ads,
    alerts,
    category,
    channel,
    compare,
    deeds,
    embed,
    feed,
    feeds,
    lists,
    person,
    picks,
    product,
    recent,
    refusals,
    search,
    switches,
    tab,
)

app_name = "shop"

# Lists: shop tab, categories, search.
urlpatterns: list[URLPattern] = [
    path("", tab.tab, name="tab"),
    path("c/<slug:slug>/", category.category, name="category"),
    path("picks/", picks.picks, name="picks"),
    path("ads/<slug:place>/", ads.ad, name="ad"),
    path("newest/", lists.newest, name="newest"),
    path("trending/", lists.trending, name="trending"),
    path("channels/", lists.channels, name="channels"),
    path("channels/shelf/", tab.channel_shelf, name="channel_shelf"),
    path("search/", search.search_page, name="search"),
    path("search/suggest/", search.suggest, name="suggest"),
    path("search/recent/", search.searched, name="searched"),
    path("search/recent/forget/", search.forget_searches, name="forget_searches"),
]

# Pages of one thing and of one person: product, channel, feed, saved, me.
urlpatterns += [
    path("p/<int:pk>-<str:slug>/", product.product, name="product"),
    path("p/<int:pk>/", product.product, name="product_short"),
    path("p/<int:pk>/seen/", product.seen, name="seen"),
    path("p/<int:pk>/not-interested/", refusals.refuse, name="refuse"),
    path("p/<int:pk>/hide-seller/", refusals.hide_seller, name="hide_seller"),
    path("p/<int:pk>/save/", switches.save, name="save"),
    path("p/<int:pk>/alert/", alerts.alert, name="alert"),
    path("me/alerts/", alerts.my_alerts, name="my_alerts"),
    path("alerts/<str:token>/", alerts.alert_link, name="alert_link"),
    path("alerts/stop/<str:token>/", alerts.alerts_stop, name="alerts_stop"),
    path("compare/", compare.compare, name="compare"),
    path("did/", deeds.did, name="did"),
    path("shown/", deeds.shown, name="shown"),
    path("feed/", feed.feed, name="feed"),
    path("feed/news/", feed.news, name="feed_news"),
    path("saved/", person.saved, name="saved"),
    path("following/", person.following, name="following"),
    path("me/", person.me, name="me"),
    path("me/hidden/", refusals.hidden, name="hidden"),
    path("me/forget/", person.forget, name="forget_views"),
    path("me/recent/", recent.recent, name="recent"),
    path("@<str:handle>/", channel.channel, name="channel"),
    path("@<str:handle>/display/", channel.display, name="display"),
    path("@<str:handle>/about/", channel.about, name="about"),
    path("@<str:handle>/follow/", switches.follow, name="follow"),
    path("@<str:handle>/hide/", refusals.hide, name="hide"),
    path("@<str:handle>/mute/", switches.mute, name="mute"),
    path("@<str:handle>/posts/<int:pk>/", channel.post, name="post"),
    path("@<str:handle>/posts/<int:pk>/like/", switches.like, name="like"),
]

# What programs read.
_cached = cache_control(public=True, max_age=3600)
urlpatterns += [
    path("@<str:handle>/feed.atom", feeds.channel_atom, name="channel_atom"),
    path("@<str:handle>/products.csv", feeds.products_csv, name="products_csv"),
    path("@<str:handle>/products.xml", feeds.products_xml, name="products_xml"),
    path("c/<slug:slug>/feed.atom", feeds.category_atom, name="category_atom"),
    path("oembed/", embed.oembed, name="oembed"),
    path("p/<int:pk>/card/", embed.card, name="card"),
    path("sitemap.xml", _cached(index), {"sitemaps": SITEMAPS, "sitemap_url_name": "shop:sitemap"}, name="sitemaps"),
    path("sitemap-<str:section>.xml", _cached(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
]
