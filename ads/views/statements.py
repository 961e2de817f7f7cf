def _x(): ...


statements = _x
statement = _x
statement_csv = _x
repay = _x
