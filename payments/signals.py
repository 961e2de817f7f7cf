"""News from this room to those above, always sent after commit."""

from django.dispatch import Signal

request_changed = Signal()  # request_id: int, transition_id: int
attempt_changed = Signal()  # attempt_id: int
