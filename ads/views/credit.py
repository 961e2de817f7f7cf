def _x(): ...


credit = _x
withdraw = _x
document_remove = _x
