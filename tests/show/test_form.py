"""Forms as browsers send them: fields, files, names with quotes, and what is no form."""

from __future__ import annotations

import pytest

from relay.show.form import read_form

TYPE = "multipart/form-data; boundary=XX"


def test_fields_and_files_are_read_octet_by_octet() -> None:
    content = b"\r\n--X\r\n\x00\xff--XY"
    body = (
        b'--XX\r\nContent-Disposition: form-data; name="text"\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\nan alle\r\n'
        b'--XX\r\nContent-Disposition: form-data; name="files"; filename="a %22b%22 \xd8\xb3.txt"\r\n'
        b"Content-Type: Text/Plain\r\n\r\n" + content + b"\r\n"
        b'--XX\r\nContent-Disposition: form-data; name="files"; filename=""\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n\r\n--XX--\r\n"
    )
    form = read_form(TYPE, body)
    assert form.fields == {"text": "Grüße\nan alle"}
    assert [(one.filename, one.media_type, one.content) for one in form.files] == [
        ('a "b" س.txt', "text/plain", content)
    ]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", b"text=x"),
        ("multipart/form-data", b"--XX--"),
        (TYPE, b""),
        (TYPE, b'--XX\r\nContent-Disposition: form-data; name="text"\r\n\r\ncut off'),
        (TYPE, b"--XX\r\n\r\n\r\n" * 200 + b"--XX--"),
    ],
)
def test_what_is_no_form_is_refused(kind: str, body: bytes) -> None:
    with pytest.raises(ValueError, match="this"):
        read_form(kind, body)


@pytest.mark.parametrize(("value", "number"), [("7", 7), ("", 0), ("-1", 0), ("٣", 0), ("9" * 5000, 0)])
def test_a_number_is_a_number_or_nothing(value: str, number: int) -> None:
    body = f'--XX\r\nContent-Disposition: form-data; name="n"\r\n\r\n{value}\r\n--XX--\r\n'.encode()
    assert read_form(TYPE, body).number("n") == number
