"""Where a text begins in another: SQLite and PostgreSQL have two names for it."""

from typing import Any

from sqlalchemy import Integer, SQLColumnExpression, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Position(FunctionElement[int]):
    type = Integer()
    inherit_cache = True


@compiles(_Position)
def _strpos(element: _Position, compiler: SQLCompiler, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


@compiles(_Position, "sqlite")
def _instr(element: _Position, compiler: SQLCompiler, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


def position(text: SQLColumnExpression[str], part: str) -> FunctionElement[int]:
    """Characters from 1 on; 0 where ``text`` does not hold ``part``."""
    return _Position(text, literal(part))
