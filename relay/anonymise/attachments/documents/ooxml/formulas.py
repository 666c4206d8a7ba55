"""Takes what fetches, opens or runs something out of the formulas and links of an Office document; values stay."""

from __future__ import annotations

from lxml import etree

from relay.anonymise.attachments.acting.formulas import acts
from relay.anonymise.attachments.documents.xml_trees import attributes, elements, local, removed

# Formulas beside those of cells (ECMA-376 part 1, 18.2.5, 18.3.1.43, 18.3.1.32, 18.5.1.1), and what stands for one.
_OTHERS = {
    "definedName": "#REF!", "formula": "FALSE", "formula1": "0", "formula2": "0", "cfvo": "0",
    "calculatedColumnFormula": None, "totalsRowFormula": None,
}  # fmt: skip
# Links that open when the pointer passes over them (ECMA-376 part 1, 21.1.2.3.6; [MS-OI29500]).
_HOVER = frozenset({"hlinkMouseOver", "hlinkHover"})


def without_calls(root: etree._Element) -> int:
    """Change the tree of one part. Returns how many formulas and links were taken out."""
    count = 0
    shared: set[str] = set()
    for element in elements(root):
        tag = local(element.tag)
        if tag == "f" and acts(element.text or "") and _is_of_cell(element):
            if element.get("t") == "shared":
                shared.add(element.get("si", ""))
            _to_value(element)
        elif tag in _OTHERS and acts(element.text or ""):
            words = _OTHERS[tag]
            element.text = words
            if words is None:
                removed(element)
        elif tag == "ddeLink":
            for name, _ in attributes(element):
                element.set(name, "none" if local(name) in ("ddeService", "ddeTopic") else element.get(name, ""))
        elif tag in _HOVER:
            removed(element)
        else:
            continue
        count += 1
    for element in elements(root) if shared else ():
        if local(element.tag) == "f" and element.get("t") == "shared" and element.get("si") in shared:
            _to_value(element)
            count += 1
    return count


def _is_of_cell(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and local(parent.tag) in ("c", "nc", "f", "numRef", "strRef", "cat", "val", "tx")


def _to_value(formula: etree._Element) -> None:
    """Keep the value of a cell as it was last computed; the formula as text where there is none."""
    cell = formula.getparent()
    if cell is None:
        return
    if local(cell.tag) != "c":
        formula.text = "#REF!"
        return
    value = next((each for each in cell if local(each.tag) == "v"), None)
    if value is None and formula.text:
        value = etree.SubElement(cell, str(formula.tag).replace("}f", "}v") if "}" in str(formula.tag) else "v")
        value.text = "=" + formula.text
        cell.set("t", "str")
    removed(formula)
