"""Addresses of the group."""

from django.urls import URLPattern, URLResolver, path

from community.views import ideas, moderation, polls, topics

app_name = "community"
urlpatterns: list[URLPattern | URLResolver] = [
    path("group/", topics.topics, name="topics"),
    path("group/new/", topics.topic_new, name="topic_new"),
    path("group/unread/", topics.unread, name="unread"),
    path("group/search/", topics.search, name="search"),
    path("group/digest/<int:year>/<int:month>/", topics.digest, name="digest"),
    path("group/topics/<int:pk>/", topics.topic, name="topic"),
    path("group/topics/<int:pk>/follow/", topics.follow, name="follow"),
    path("group/topics/<int:pk>/vote/", polls.vote, name="poll_vote"),
    path("group/topics/<int:pk>/<slug:step>/", moderation.topic_step, name="topic_step"),
    path("group/replies/<int:pk>/report/", moderation.report, name="report"),
    path("group/replies/<int:pk>/hide/", moderation.reply_hide, name="reply_hide"),
    path("group/replies/<int:pk>/idea/", ideas.idea_new, name="idea_new"),
    path("group/ideas/", ideas.ideas, name="ideas"),
    path("group/ideas/<int:pk>/", ideas.idea, name="idea"),
    path("group/ideas/<int:pk>/vote/", ideas.vote, name="idea_vote"),
    path("group/ideas/<int:pk>/status/", ideas.status, name="idea_status"),
]
