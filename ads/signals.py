"""News from this room, after commit, at once, and lost if the process dies: what must hold is asked of the rows."""

from django.dispatch import Signal

line_moved = Signal()  # line: CreditLine; it is late, closed or written off and gives nothing, or it gives again
