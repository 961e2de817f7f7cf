"""News that rooms above listen to."""

from django.dispatch import Signal

# A guest with a history signed up or signed in: person (User), guest (the dict her session held under "guest").
# Sent once, after the commit.
guest_joined = Signal()
