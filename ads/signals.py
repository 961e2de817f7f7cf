"""News from this room, after commit, at once, and lost if the process dies: what must hold is asked of the rows."""

from django.dispatch import Signal

line_late = Signal()  # line: CreditLine; it gives nothing until its late statements are repaid
line_open_again = Signal()  # line: CreditLine
