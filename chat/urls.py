"""Addresses of chats. A conversation has one, whichever side looks at it."""

from django.urls import URLPattern, URLResolver, include, path

from chat.views import inbox, money, reports, team, thread

app_name = "chat"

conversation_urls = [
    path("", thread.conversation, name="conversation"),
    path("newer/", thread.newer, name="newer"),
    path("products/", thread.products, name="products"),
    path("typing/", thread.typing, name="typing"),
    path("answering/", thread.answering, name="answering"),
    path("money/", money.ask, name="money"),
    path("block/", thread.block, name="block"),
    path("report/", reports.report_conversation, name="report"),
]
team_urls = [
    path("", inbox.team_inbox, name="team_inbox"),
    path("settings/", team.settings, name="settings"),
    path("settings/labels/", team.label_add, name="label_add"),
    path("settings/labels/<int:pk>/remove/", team.label_remove, name="label_remove"),
    path("settings/replies/", team.reply_add, name="reply_add"),
    path("settings/replies/<int:pk>/remove/", team.reply_remove, name="reply_remove"),
    path("settings/hours/", team.hours, name="hours"),
    path("<int:pk>/assign/", team.assign, name="assign"),
    path("<int:pk>/archive/", team.archive, name="archive"),
    path("<int:pk>/labels/", team.labels, name="labels"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("chats/", inbox.inbox, name="inbox"),
    path("chats/unread/", inbox.unread, name="unread"),
    path("chats/<int:pk>/", include(conversation_urls)),
    path("dashboard/<slug:handle>/chats/", include(team_urls)),
    path("requests/<str:token>/chat/", thread.about_request, name="about_request"),
    path("p/<int:pk>/ask/", thread.ask, name="ask"),
    path("p/<int:pk>/buy/", money.buy, name="buy"),
    path("@<str:handle>/message/", thread.message, name="message"),
    path("@<str:handle>/report/", reports.report_channel, name="report_channel"),
    path("@<str:handle>/posts/<int:pk>/report/", reports.report_post, name="report_post"),
]
