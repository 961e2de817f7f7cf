"""News from this room to those above, always sent after commit."""

from django.dispatch import Signal

products_changed = Signal()  # product_ids: list[int]; anything a list or the search index shows may differ
products_hidden = Signal()  # product_ids: list[int]; the public saw them until now
channels_changed = Signal()  # channel_ids: list[int]
