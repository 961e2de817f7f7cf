"""How the neighbour table is made: pure functions over arrays and sparse matrices, which know no database.

``log`` is what people did, ``neighbors`` the closest items of each, ``regression`` what each item's neighbours foretell
of it together, ``table`` puts both into one, ``scoring`` reads a person's list from it, ``measures`` says how good the
lists are and ``tuning`` finds the settings. Only workers and commands import it: web processes start without numpy.
"""
