"""News that rooms above listen to."""

from django.dispatch import Signal

# A guest with a history signed up or signed in: person (User), guest (the dict her session held under "guest").
# Sent once, after the commit.
guest_joined = Signal()

# Sessions of a person were ended: session_keys (list of str). Sent in the transaction that ends them.
sessions_ended = Signal()

# A person said no to what she allowed before: person (User), purposes (list of Consent.Purpose). Sent after the commit.
consent_withdrawn = Signal()
