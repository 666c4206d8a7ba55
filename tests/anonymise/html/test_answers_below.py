"""Words that announce answers between quoted lines keep the quotation from being folded away, in every language."""

from __future__ import annotations

import time
import unicodedata

import pytest

from relay.anonymise.html.answers_below import says_more_below


@pytest.mark.parametrize(
    "text",
    [
        "Hi Jane, see my answers below. Tom",
        "Answers INLINE!",
        "My comments are in red.",
        "Liebe Jane, siehe meine Antworten unten im Text.",
        "Mes réponses sont en rouge.",
        unicodedata.normalize("NFD", "Voir mes réponses ci-dessous, dans ton mail. À bientôt"),
        "Te respondo más abajo.",
        "Respondo abaixo, em azul",
        "Ti rispondo tra le righe.",
        "Zie mijn antwoorden hieronder.",
        "Odpowiadam poniżej.",
        "Ответы ниже, красным",
        "Aşağıda yanıtladım.",
        "الإجابات أدناه",
        "मेरे उत्तर नीचे हैं",
        "جوابات نیچے ہیں",
        "Majibu yako hapa chini.",
        "以下、回答します。",
        "我的回答见下文",
        "답변은 아래에 있습니다",
        "Dear Quiet River,",
        "My answers:",
        "سلام،",
    ],
)
def test_an_announcement_is_recognised(text: str) -> None:
    assert says_more_below(text)


@pytest.mark.parametrize(
    "text", ["", "Yes.", "Thank you, until Thursday!", "Gern, bis bald.", "Merci !", "شكرا", "धन्यवाद।", "belowed"]
)
def test_other_words_announce_nothing(text: str) -> None:
    assert not says_more_below(text)


def test_a_long_text_takes_time_in_proportion() -> None:
    started = time.process_time()
    assert not says_more_below("in the red-blooded pogrub " * 20_000 + ".")
    assert time.process_time() - started < 5
