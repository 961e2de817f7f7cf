"""News from providers to the rooms above."""

from django.dispatch import Signal

# A provider has something to say about a payment of ours: ask it. Sent after the notice is committed, possibly more
# than once, and a receiver that raises is called again when the provider repeats itself. provider: str, reference: str
provider_notice = Signal()
