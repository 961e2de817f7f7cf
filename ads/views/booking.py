def _x(): ...


book = _x
booking = _x
