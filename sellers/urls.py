"""The seller's desk. A handle is never "open": that word is reserved."""

from django.urls import URLPattern, URLResolver, include, path

from sellers.views import channels, editor, hooks, people, posts, settings

app_name = "dashboard"

post_urls = [
    path("", posts.posts, name="posts"),
    path("new/", editor.post_new, name="post_new"),
    path("pictures/", editor.post_pictures, name="post_pictures"),
    path("details/", editor.post_details, name="post_details"),
    path("variants/", editor.post_variants, name="post_variants"),
    path("<int:pk>/", editor.post_edit, name="post_edit"),
    path("<int:pk>/actions/", posts.post_actions, name="post_actions"),
    path("<int:pk>/preview/", editor.post_preview, name="post_preview"),
    path("<int:pk>/history/", editor.post_history, name="post_history"),
    path("<int:pk>/publish/", posts.publish, name="post_publish"),
    path("<int:pk>/schedule/", posts.schedule, name="post_schedule"),
    path("<int:pk>/unschedule/", posts.unschedule, name="post_unschedule"),
    path("<int:pk>/archive/", posts.archive, name="post_archive"),
    path("<int:pk>/restore/", posts.restore, name="post_restore"),
    path("<int:pk>/delete/", posts.delete, name="post_delete"),
]
team_urls = [
    path("", people.team, name="team"),
    path("add/", people.member_add, name="member_add"),
    path("<int:pk>/role/", people.member_role, name="member_role"),
    path("<int:pk>/remove/", people.member_remove, name="member_remove"),
    path("<int:pk>/hand-over/", people.hand_over, name="hand_over"),
]
channel_urls: list[URLPattern | URLResolver] = [
    path("", channels.channel, name="channel"),
    path("opened/", channels.opened, name="opened"),
    path("submit/", channels.submit, name="submit"),
    path("posts/", include(post_urls)),
    path("followers/", people.followers, name="followers"),
    path("team/", include(team_urls)),
    path("settings/", settings.settings, name="settings"),
    path("webhooks/", hooks.hooks, name="hooks"),
    path("webhooks/<int:pk>/", hooks.hook, name="hook"),
    path("webhooks/<int:pk>/change/", hooks.hook_change, name="hook_change"),
    path("webhooks/messages/<int:pk>/resend/", hooks.delivery_resend, name="delivery_resend"),
    path("settings/holiday/", settings.holiday, name="holiday"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", channels.home, name="home"),
    path("open/", channels.open_channel, name="open"),
    path("open/handle/", channels.handle_check, name="handle_check"),
    path("<slug:handle>/", include(channel_urls)),
]
