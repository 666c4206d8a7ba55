"""Writes MathML formulas as text on one line, such as "x = (a + b)/2" (MathML Core 3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from relay.message.read.html_tokens import Tag

_DEEPEST = 60
_UNSEEN = frozenset(("annotation", "annotation-xml", "mphantom", "none", "mprescripts"))
_INFIX = frozenset("=+−-<>≤≥≠≈≡±∓×÷·∙∈∉⊂⊆∪∩∧∨→←↔⇒⇔↦∝∼≅∘∣⟹⟺")
_INVISIBLE = dict.fromkeys(range(0x2061, 0x2065))
_ACCENTS = {"¯": "\u0304", "‾": "\u0304", "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "˙": "\u0307"}
_ACCENTS |= {"¨": "\u0308", "→": "\u20d7", "⃗": "\u20d7"}


@dataclass(slots=True)
class _Node:
    name: str
    attributes: dict[str, str]
    children: list[_Node | str] = field(default_factory=list)


def formula_text(tokens: Iterable[Tag | str]) -> str:
    """The formula as text. ``tokens`` are those between the tags of a ``math`` element; elements that do not belong to
    MathML count as rows, and levels beyond the deepest as part of the last."""
    root = _Node("mrow", {})
    path = [root]
    names: dict[str, int] = {}
    for token in tokens:
        if isinstance(token, str):
            path[-1].children.append(token)
        elif token.kind == "end":
            if names.get(token.name):
                while len(path) > 1:
                    last = path.pop()
                    names[last.name] -= 1
                    if last.name == token.name:
                        break
        else:
            node = _Node(token.name, dict(token.attributes) if token.written else {})
            path[-1].children.append(node)
            if token.kind == "start" and len(path) < _DEEPEST and token.name != "mspace":
                path.append(node)
                names[node.name] = names.get(node.name, 0) + 1
    return " ".join(_told(root).split())


def _told(node: _Node | str) -> str:
    if isinstance(node, str):
        return " ".join(node.translate(_INVISIBLE).split())
    if node.name in _UNSEEN:
        return ""
    if node.name == "mspace":
        return " "
    inner = [child for child in node.children if not isinstance(child, str) or child.strip()]
    if len(inner) >= _LAID_OUT.get(node.name, len(inner) + 1):
        return _laid_out(node.name, [_told(one) for one in inner])
    if node.name in _SEPARATED:
        return _separated(node, [_told(one) for one in inner])
    row = "".join([_in_row(one, number) for number, one in enumerate(inner[:1] if node.name == "semantics" else inner)])
    return f"√({row})" if node.name == "msqrt" else row


def _in_row(node: _Node | str, number: int) -> str:
    """An element of a row; operators between two operands stand between blanks."""
    told = _told(node)
    infix = number and isinstance(node, _Node) and node.name == "mo" and told in _INFIX
    return f" {told} " if infix else told


_LAID_OUT = {"mfrac": 2, "msup": 2, "msub": 2, "mover": 2, "munder": 2, "mroot": 2, "msubsup": 3, "munderover": 3}


def _laid_out(name: str, parts: list[str]) -> str:
    base, one = parts[0], parts[1]
    if name == "mfrac":
        return f"{_grouped(base)}/{_grouped(one)}"
    if name == "mroot":
        return f"{one}√({base})"
    if name == "mover":
        return base + _ACCENTS[one] if one in _ACCENTS and len(base) == 1 else f"{_grouped(base)}^{_grouped(one)}"
    if name in ("msub", "munder"):
        return f"{base}_{_grouped(one)}"
    if name == "msup":
        return f"{_grouped(base)}{one if one.strip('′″*') == '' else f'^{_grouped(one)}'}"
    return f"{base}_{_grouped(one)}^{_grouped(parts[2])}"


_SEPARATED = frozenset(("mfenced", "mtable", "mtr", "mlabeledtr"))


def _separated(node: _Node, parts: list[str]) -> str:
    if node.name == "mfenced":
        marks = node.attributes
        between = marks.get("separators", ",").strip()[:1] + " "
        return f"{marks.get('open', '(')}{between.join(parts)}{marks.get('close', ')')}"
    return f"[{'; '.join(parts)}]" if node.name == "mtable" else ", ".join(parts)


def _grouped(text: str) -> str:
    """In parentheses, unless it is one number, one name or in parentheses already."""
    return text if text.isalnum() or len(text) <= 1 else f"({text})"
