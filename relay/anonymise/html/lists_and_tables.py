"""Writes lists and tables of a formatted letter in one way, whatever program nested them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import TypeGuard

from relay.anonymise.html.blocks import Block, Nest, nest

LIST_TYPES = {"lower-alpha": "a", "upper-alpha": "A", "lower-latin": "a", "upper-latin": "A"}
LIST_TYPES |= {"lower-roman": "i", "upper-roman": "I"}
_NUMBERINGS = frozenset(LIST_TYPES.values())  # HTML 4.4.5, besides the default
_NUMBER = re.compile(r"\d{1,6}")


def start_tag(name: str, attributes: dict[str, str]) -> str:
    """The start tag of a Nest, with the attributes that change what it shows."""
    parts = [name]
    if name == "ol":
        parts += [f'start="{attributes["start"]}"'] if attributes.get("start", "1") != "1" else []
        parts += [f'type="{attributes["type"]}"'] if attributes.get("type") in _NUMBERINGS else []
        parts += ['reversed=""'] if "reversed" in attributes else []
    elif name == "table" and attributes.get("border", "0") not in ("0", ""):
        parts.append('border="1"')
    elif name == "li" and _NUMBER.fullmatch(attributes.get("value", "")):
        parts.append(f'value="{attributes["value"]}"')
    elif name in ("td", "th"):
        parts += [f'{key}="{attributes[key]}"' for key in ("colspan", "rowspan") if attributes.get(key, "1") != "1"]
    return " ".join(parts)


def items_of(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The items of a list. A list between items, as Outlook writes it, belongs to the item before it."""
    items: list[tuple[str, list[Block]]] = []
    for block in blocks:
        if _is_item(block):
            items.append((block.head, list(block.inner)))
        elif items:
            items[-1][1].append(block)
        else:
            items.append(("li", [block]))
    return tuple(nest("li", head, tuple(inner)) for head, inner in items)


def items_apart(blocks: tuple[Block, ...]) -> Iterator[tuple[Block, ...]]:
    """The content of an item, split where items are nested in it without a list, because mail programs show those
    separately."""
    for item, run in groupby(blocks, _is_item):
        part = tuple(run)
        yield from (block.inner for block in part if _is_item(block)) if item else (part,)


def _is_item(block: Block) -> TypeGuard[Nest]:
    return isinstance(block, Nest) and block.tag == "li"


def is_row(block: Block) -> bool:
    return isinstance(block, Nest) and block.tag == "tr"


def only_cell(rows: tuple[Block, ...]) -> tuple[Block, ...] | None:
    """The content of a single-cell layout table; None when there are more cells."""
    cells = rows[0].inner if len(rows) == 1 and isinstance(rows[0], Nest) else ()
    return cells[0].inner if len(cells) == 1 and isinstance(cells[0], Nest) else None
