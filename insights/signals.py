"""News from this room, always sent after commit."""

from django.dispatch import Signal

# smoke_id: int, applicant_ids: list[int]; they were handed over to the live service and told of it.
applicants_carried_over = Signal()
