"""What takes an HTML parser too long is refused before it is parsed."""

from __future__ import annotations

import pytest

from relay.anonymise.html.well_formed import well_formed
from relay.anonymise.tally import Tally
from relay.refusals import CannotAnonymise


@pytest.mark.parametrize("sign", ["\xa0", "&", "\xa0a", "&nbsp;"])
def test_html_of_nothing_but_signs_that_are_escaped_is_refused(sign: str) -> None:
    with pytest.raises(CannotAnonymise, match="too large"):
        well_formed(f"<p>{sign * 200_001}</p>", Tally())


@pytest.mark.parametrize("form", ["a%d=b ", "a%d ", "a%d/", "<%da ", "x==' a%d ", "a%d='>' ", '"a%d '])
def test_a_tag_with_thousands_of_attributes_is_refused(form: str) -> None:
    tag = "".join(form % n for n in range(20_000))
    with pytest.raises(CannotAnonymise, match="nested"):
        well_formed(f"<p {tag}>words</p>", Tally())


def test_a_large_picture_and_a_long_text_in_a_tag_pass() -> None:
    for inside in (f'src="data:image/png;base64,{"AAAA/+ " * 30_000}"', f'alt="{"a > b, c / d " * 20_000}"'):
        assert "words" in well_formed(f"<p><img {inside}>words</p>", Tally())


def test_a_letter_full_of_blanks_and_ampersands_passes() -> None:
    html = "<p>Fish &amp; chips\xa0&nbsp;</p>" * 1000
    assert well_formed(html, Tally()) == "<p>Fish &amp; chips&nbsp;&nbsp;</p>" * 1000
