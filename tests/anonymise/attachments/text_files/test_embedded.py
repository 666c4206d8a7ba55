"""Pictures inside of text files are cleaned as they would be alone; the text around them stays to the octet."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from PIL import Image

from relay.model import Attachment
from relay.refusals import CannotAnonymise

Clean = Callable[..., Attachment]
OWNER = b"Dorothea Quill"


def picture(kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[0x013B], exif[0x0110] = OWNER.decode(), "ExamplePhone 9"
    out = io.BytesIO()
    Image.effect_mandelbrot((40, 30), (-2, -1, 1, 1), 20).save(out, kind, exif=exif)
    return out.getvalue()


def decoded(text: str) -> bytes:
    return b"".join(base64.b64decode(run + "=" * (-len(run) % 4)) for run in re.findall(r"[A-Za-z0-9+/]{60,}", text))


def wrapped(content: bytes, gap: str) -> str:
    digits = base64.b64encode(content).decode()
    return gap.join(digits[at : at + 76] for at in range(0, len(digits), 76))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("a.md", "# Bowls\r\n\r\n![a bowl](data:image/x;base64,", ")\r\nas seen\r\n"),
        ("a.txt", "The picture:\n", "\n\nGood bye."),
        ("a.css", ".a{background:url(data:image/png;base64,", ")}\n"),
        ("a.json", '{"photo": "', '", "of": "a bowl"}'),
        ("a.plist", '<?xml version="1.0"?><plist><data>', "</data></plist>"),
        ("a.py", 'LOGO = b"', '"\nprint(LOGO)\n'),
    ],
)
def test_a_picture_loses_its_owner(clean: Clean, kind: str, name: str, before: str, after: str) -> None:
    done = clean((before + base64.b64encode(picture(kind)).decode() + after).encode(), name).content.decode()
    if "data:" not in before:
        assert done.startswith(before)
    assert done.endswith(after)
    content = decoded(done)
    assert OWNER not in content
    assert b"ExamplePhone" not in content
    with Image.open(io.BytesIO(content)) as kept:
        assert kept.size == (40, 30)


@pytest.mark.parametrize("width", [20, 30, 61, 77])
def test_lines_of_any_width_are_read(clean: Clean, width: int) -> None:
    digits = base64.b64encode(picture()).decode()
    lines = [digits[at : at + width] for at in range(0, len(digits), width)]
    done = clean(
        "\n".join(["x data:image/jpeg;base64,", *lines, "", "Bye"]).replace(",\n", ",").encode(), "a.md"
    ).content
    assert done.endswith(b"\n\nBye")
    assert OWNER not in base64.b64decode(done.decode().partition(",")[2].partition("\n\n")[0])


@pytest.mark.parametrize("gap", ["\n", "\r\n  ", "\\n", '\\n",\n  "'])
def test_lines_of_base64_stay_lines(clean: Clean, gap: str) -> None:
    done = clean(f'{{"a": "{wrapped(picture(), gap)}"}}'.encode(), "a.json").content.decode()
    lines = done.removeprefix('{"a": "').removesuffix('"}').split(gap)
    assert len(lines) > 3
    assert {len(line) for line in lines[:-1]} == {76}
    assert OWNER not in base64.b64decode("".join(lines))


def test_the_line_after_a_picture_stays(clean: Clean) -> None:
    text = f"[a]: data:image/jpeg;base64,{base64.b64encode(picture()).decode()}\nHello\nWorld\n"
    assert clean(text.encode(), "a.md").content.decode().endswith("\nHello\nWorld\n")


@pytest.mark.parametrize("escape", ["\\/", "%2F"])
def test_escaped_base64_is_read(clean: Clean, escape: str) -> None:
    digits = base64.b64encode(picture()).decode().replace("/", escape)
    if escape == "%2F":
        digits = digits.replace("+", "%2B").replace("=", "%3D")
    done = clean(f'{{"a":"data:image/jpeg;base64,{digits}"}}'.encode(), "a.json").content.decode()
    plain = done.replace(escape, "/").replace("%2B", "+").replace("%3D", "=")
    assert OWNER not in decoded(plain)
    assert escape in done


def test_a_drawing_in_a_style_sheet_is_cleaned(clean: Clean) -> None:
    drawing = "<svg xmlns='http://www.w3.org/2000/svg'><metadata>Dorothea Quill</metadata><path d='M0 0h9'/></svg>"
    done = clean(f'.a{{background:url("data:image/svg+xml,{quote(drawing)}")}}'.encode(), "a.css").content.decode()
    assert "Quill" not in done
    assert "M0%200h9" in done


@pytest.mark.parametrize(
    "text",
    [
        "![a](data:image/png;base64,iVBORw0KGgo...)",
        "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg",
        "UEsDB is how the base64 of a ZIP begins, and /9j/ that of a JPEG.",
    ],
)
def test_examples_stay(clean: Clean, text: str) -> None:
    assert clean(text.encode(), "a.md").content.decode() == text


def test_a_damaged_picture_is_refused(clean: Clean) -> None:
    with pytest.raises(CannotAnonymise, match="damaged"):
        clean(b"x data:image/jpeg;base64," + base64.b64encode(picture("PNG")[:300]) + b" y", "a.md")


def test_marks_of_xml_lose_their_region(clean: Clean) -> None:
    done = clean(
        b'<?xml version="1.0"?><book xml:lang="en-GB"><para lang="sw-KE">Habari</para></book>', "a.xml"
    ).content
    assert done == b'<?xml version="1.0"?><book xml:lang="en"><para lang="sw">Habari</para></book>'


def test_many_beginnings_take_linear_time(clean: Clean) -> None:
    clean(b"data:image/png;base64,x /9j/ " * 20_000, "a.md")


def notebook() -> dict[str, object]:
    digits = base64.b64encode(picture("PNG")).decode()
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "authors": [{"name": "Dorothea Quill"}],
            "kernelspec": {"name": "quill-env", "display_name": "quill-env (Python 3.11)", "language": "python"},
            "language_info": {"name": "python", "version": "3.11.4", "file_extension": ".py"},
            "colab": {"provenance": [], "authorship_tag": "ABX9TyN"},
        },
        "cells": [
            {
                "cell_type": "markdown",
                "id": "f3a9d7c2",
                "metadata": {"tags": ["a"], "id": "Zq1"},
                "source": ["# Bowls\n", "![b](attachment:b.png)"],
                "attachments": {"b.png": {"image/png": digits}},
            },
            {
                "cell_type": "code",
                "id": "0b1c",
                "execution_count": 3,
                "metadata": {"executionInfo": {"user": {"displayName": "Dorothea Quill"}, "timestamp": 1790000000000}},
                "source": "plot()",
                "outputs": [
                    {
                        "output_type": "display_data",
                        "data": {"image/png": digits[:60] + "\n" + digits[60:], "text/plain": ["<Figure>"]},
                        "metadata": {"image/png": {"width": 40}},
                    },
                    {"output_type": "stream", "name": "stderr", "text": ['File "/home/dquill/a.py", line 1\n']},
                    {
                        "output_type": "error",
                        "ename": "E",
                        "evalue": "no",
                        "traceback": ["C:\\Users\\dquill\\x.py in <module>"],
                    },
                ],
            },
        ],
    }


def test_a_notebook_keeps_what_it_shows(clean: Clean) -> None:
    done = clean(json.dumps(notebook()).encode(), "n.ipynb").content.decode()
    book = json.loads(done)
    assert book["cells"][0]["source"] == ["# Bowls\n", "![b](attachment:b.png)"]
    assert book["cells"][0]["metadata"] == {"tags": ["a"]}
    assert book["cells"][1]["outputs"][0]["metadata"] == {"image/png": {"width": 40}}
    assert book["cells"][1]["outputs"][1]["text"] == ['File "/home/user/a.py", line 1\n']
    assert book["metadata"]["kernelspec"] == {"display_name": "Python 3", "language": "python", "name": "python3"}
    shown = base64.b64decode(book["cells"][0]["attachments"]["b.png"]["image/png"])
    assert Image.open(io.BytesIO(shown)).size == (40, 30)
    whole = done.encode() + shown + base64.b64decode(book["cells"][1]["outputs"][0]["data"]["image/png"])
    for telling in (b"quill", b"examplephone", b"f3a9d7c2", b"3.11.4", b"1790000000000", b"abx9tyn"):
        assert telling not in whole.lower()


@pytest.mark.parametrize(
    "content", [b"{}", b'{"nbformat": 3, "worksheets": []}', b"not json", b'{"cells": [1], "nbformat": 4}']
)
def test_a_damaged_notebook_is_refused(clean: Clean, content: bytes) -> None:
    with pytest.raises(CannotAnonymise, match="notebook"):
        clean(content, "n.ipynb")
