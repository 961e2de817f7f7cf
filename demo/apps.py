from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo market: channels, posts and people that show what the shop can do."""

    name = "demo"
