"""Makes mutants of Python source: each changes one expression or statement of a module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
# Not changed: types have no behaviour, and arguments of decorators (frozen, slots) hardly any.
_LEFT_OUT = ("decorator_list", "annotation", "returns")
_LOGS = ("log", "_log", "logging", "warnings")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file: the octets ``begin`` to ``end`` are replaced by ``after``. ``line`` counts from 1."""

    path: str
    line: int
    begin: int
    end: int
    before: str
    after: str

    def applied(self, source: str) -> str:
        octets = source.encode()
        return (octets[: self.begin] + self.after.encode() + octets[self.end :]).decode()

    def __str__(self) -> str:
        return f"{self.path}:{self.line}\t{_short(self.before)}\t{_short(self.after)}"


def mutants(path: str, source: str) -> list[Mutant]:
    """Every mutant of a module that Python can compile, in the order of lines."""
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    octets, made = source.encode(), []
    for place, after in (change for node in _walked(ast.parse(source)) for change in _changes(node)):
        begin = starts[place.lineno - 1] + place.col_offset
        end = starts[(place.end_lineno or place.lineno) - 1] + (place.end_col_offset or 0)
        mutant = Mutant(path, place.lineno, begin, end, octets[begin:end].decode(), after)
        if _compiles(mutant.applied(source)):
            made.append(mutant)
    return sorted(made, key=lambda mutant: (mutant.line, mutant.begin, mutant.after))


def _walked(node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """The nodes that may be changed, the outermost first. Not inside f-strings, whose positions are wrong before
    3.12."""
    if isinstance(node, ast.JoinedStr | ast.pattern):
        return
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    if isinstance(node, ast.expr | ast.stmt):
        yield node
    for name, value in ast.iter_fields(node):
        if name in _LEFT_OUT or (isinstance(node, ast.ClassDef) and name == "keywords"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _walked(child)


def _changes(node: ast.expr | ast.stmt) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """The changes of one node: (node to replace, new source)."""
    match node:
        case ast.If(test):
            yield from ((test, other) for other in (f"not ({ast.unparse(test)})", "True", "False"))
        case ast.While(test):
            yield test, "False"
        case ast.IfExp(_, body, orelse):
            yield from ((node, f"({ast.unparse(one)})") for one in (body, orelse))
        case ast.Compare(left, [operator], [right]):
            yield node, f"({ast.unparse(ast.Compare(left, [_COMPARISONS[type(operator)]()], [right]))})"
        case ast.BoolOp(operator, values):
            swapped = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield node, f"({ast.unparse(ast.BoolOp(swapped, values))})"
        case ast.UnaryOp(ast.Not(), operand):
            yield node, f"({ast.unparse(operand)})"
        case ast.BinOp(left, operator, right) if type(operator) in _SUMS:
            yield node, f"({ast.unparse(ast.BinOp(left, _SUMS[type(operator)](), right))})"
        case ast.Constant(bool(value)):
            yield node, str(not value)
        case ast.Constant(int(value) | float(value)):
            yield node, repr(value + 1)
        case ast.Return(ast.expr() as value) if not isinstance(value, ast.Constant) or value.value is not None:
            yield node, "return None"
        case ast.Expr(ast.Call() | ast.Await() as value) if not ast.unparse(value).startswith(_LOGS):
            yield node, "pass"


def _compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= 70 else f"{one_line[:67]}..."
