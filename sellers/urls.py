"""The seller's desk. A handle is never "open": that word is reserved."""

from django.urls import URLPattern, URLResolver, include, path

from sellers.views import (
    bulk,
    channels,
    editor,
    exports,
    holidays,
    hooks,
    imports,
    offers,
    people,
    posts,
    settings,
    stock,
)

app_name = "dashboard"

post_urls = [
    path("", posts.posts, name="posts"),
    path("new/", editor.post_new, name="post_new"),
    path("pictures/", editor.post_pictures, name="post_pictures"),
    path("details/", editor.post_details, name="post_details"),
    path("variants/", editor.post_variants, name="post_variants"),
    path("bulk/", bulk.choose, name="bulk_choose"),
    path("bulk/new/", bulk.bulk_new, name="bulk_new"),
    path("bulk/before/", bulk.bulk_list, name="bulk_list"),
    path("bulk/<int:pk>/", bulk.bulk, name="bulk"),
    path("bulk/<int:pk>/apply/", bulk.bulk_step, {"verb": "apply"}, name="bulk_apply"),
    path("bulk/<int:pk>/undo/", bulk.bulk_step, {"verb": "undo"}, name="bulk_undo"),
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
import_urls = [
    path("", imports.imports, name="imports"),
    path("<int:pk>/", imports.import_detail, name="import"),
    path("<int:pk>/columns/", imports.import_columns, name="import_columns"),
    path("<int:pk>/letters/", imports.import_encoding, name="import_encoding"),
    path("<int:pk>/review/", offers.import_review, name="import_review"),
    path("<int:pk>/stop/", imports.import_stop, name="import_stop"),
    path("<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("<int:pk>/errors/", imports.import_errors, name="import_errors"),
    path("export/", exports.exports, name="exports"),
    path("export/<int:pk>/", exports.export_file, name="export_file"),
]
channel_urls: list[URLPattern | URLResolver] = [
    path("", channels.channel, name="channel"),
    path("opened/", channels.opened, name="opened"),
    path("submit/", channels.submit, name="submit"),
    path("posts/", include(post_urls)),
    path("stock/", stock.stock, name="stock"),
    path("stock/threshold/", stock.stock_threshold, name="stock_threshold"),
    path("followers/", people.followers, name="followers"),
    path("team/", include(team_urls)),
    path("import/", include(import_urls)),
    path("settings/", settings.settings, name="settings"),
    path("settings/holiday/", holidays.holiday, name="holiday"),
    path("webhooks/", hooks.hooks, name="hooks"),
    path("webhooks/<int:pk>/", hooks.hook, name="hook"),
    path("webhooks/<int:pk>/change/", hooks.hook_change, name="hook_change"),
    path("webhooks/messages/<int:pk>/resend/", hooks.delivery_resend, name="delivery_resend"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", channels.home, name="home"),
    path("open/", channels.open_channel, name="open"),
    path("open/handle/", channels.handle_check, name="handle_check"),
    path("<slug:handle>/", include(channel_urls)),
]
