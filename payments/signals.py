"""News from this room to those above."""

from django.dispatch import Signal

# After commit, at once, and lost if the process dies: for pages that are open.
request_changed = Signal()  # request_id: int
attempt_changed = Signal()  # attempt_id: int

# By the outbox, at least once and in a transaction of its own: what a receiver writes there is written once.
request_moved = Signal()  # transition: RequestTransition, with request, its channel and buyer
