"""What the chat tells rooms above it."""

from django.dispatch import Signal

product_asked = Signal()  # shopper_id: int, product_id: int; a conversation about a product is new. Sent after commit
