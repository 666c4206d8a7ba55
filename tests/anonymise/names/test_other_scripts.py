"""A name that is signed in another script than it is registered in, and names that only sound alike."""

from __future__ import annotations

import re

import pytest

from .test_written_otherwise import AMBER, redacted


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("Jane Whitcombe", "Привет! Всё хорошо, озеро тихое.\n\nС уважением,\n[Джейн]"),
        ("Odette Moreau", "Всё хорошо, озеро тихое.\n\nС уважением,\n[Одетт Моро]"),
        ("Anna Schmidt", "Всё хорошо, озеро тихое.\n\nС уважением,\n[Анна Шмидт]"),
        ("Anna Schmidt", "Всё хорошо, озеро тихое.\n\nТвоя\n[Анна]"),
        ("John Smith", "Всё хорошо, озеро тихое.\n\nС уважением,\n[Джон Смит]"),
        ("Michael Fischer", "Всё хорошо, озеро тихое.\n\nС уважением,\n[Михаэль Фишер]"),
        ("Victoria Green", "Усе добре, озеро тихе.\n\nЗ повагою,\n[Вікторія Грін]"),
        ("George Taylor", "Всичко е наред и езерото е тихо.\n\nС уважение,\n[Джордж Тейлър]"),
        ("Luka Kovač", "Све је добро и језеро је тихо.\n\nС поштовањем,\n[Лука Ковач]"),
        ("Jane Whitcombe", "Όλα είναι καλά και η λίμνη είναι ήσυχη.\n\nΜε εκτίμηση,\n[Τζέιν Ουίτκομπ]"),
        ("Robert Brown", "Όλα είναι καλά. Με λένε [Ρόμπερτ Μπράουν] και είμαι εδώ."),
        ("Jane Whitcombe", "元気です。湖は静かです。\n\nよろしくお願いします。\n[ジェーン・ウィットコム]"),
        ("Odette Moreau", "元気です。湖は静かです。私は[オデット・モロー]です。\n\n敬具\n[オデット]"),
        ("Jane Whitcombe", "잘 지내고 있습니다. 호수가 조용합니다.\n\n감사합니다,\n[제인]"),
        ("Jane Whitcombe", "잘 지내고 있습니다. 호수가 조용합니다.\n\n[제인] 드림"),
        ("Odette Moreau", "잘 지내고 있습니다. 호수가 조용합니다.\n\n감사합니다\n[오데트 모로]"),
        ("Jane Whitcombe", "我很好，湖很安静。\n\n此致敬礼\n[简]"),
        ("Odette Moreau", "我很好，湖很安静。\n\n此致敬礼\n[奥黛特·莫罗]"),
        ("Anna Schmidt", "我很好，湖很安静。\n\n祝好\n[安娜]"),
        ("Jane Whitcombe", "أنا بخير والبحيرة هادئة اليوم.\n\nمع التحية،\n[جين]"),
        ("Robert Brown", "أنا بخير والبحيرة هادئة اليوم.\n\nمع التحية،\n[روبرت براون]"),
        ("Jane Whitcombe", "הכול בסדר והאגם שקט היום.\n\nבברכה,\n[ג'יין]"),
        ("Odette Moreau", "הכול בסדר והאגם שקט היום.\n\nבברכה,\n[אודט מורו]"),
        ("Jane Whitcombe", "सब ठीक है और झील शांत है।\n\nसादर,\n[जेन]"),
        ("Robert Brown", "सब ठीक है और झील शांत है।\n\nधन्यवाद,\n[रॉबर्ट ब्राउन]"),
        ("Jane Whitcombe", "สบายดีและทะเลสาบเงียบมาก\n\nขอบคุณ\n[เจน]"),
        ("Maria Costa", "எல்லாம் நலம், ஏரி அமைதியாக உள்ளது.\n\nநன்றி,\n[மரியா]"),
        ("Maria Costa", "అంతా బాగుంది, సరస్సు ప్రశాంతంగా ఉంది.\n\nధన్యవాదాలు,\n[మరియా]"),
        ("Maria Costa", "সব ভালো আছে এবং হ্রদ শান্ত।\n\nধন্যবাদ,\n[মারিয়া]"),
        ("Robert Brown", "حال من خوب است و دریاچه آرام است.\n\nبا احترام،\n[رابرت براون]"),
        ("Robert Brown", "میں ٹھیک ہوں اور جھیل پرسکون ہے۔\n\nشکریہ،\n[رابرٹ]"),
        ("Robert Brown", "ყველაფერი კარგადაა და ტბა წყნარია.\n\nპატივისცემით,\n[რობერტ ბრაუნი]"),
        ("Robert Brown", "Ամեն ինչ լավ է, և լիճը հանգիստ է։\n\nՀարգանքով,\n[Ռոբերտ Բրաուն]"),
        ("Дарья Лебедева", "All is well and the lake is quiet today.\n\nBest wishes,\n[Darja Lebedewa]"),
        ("김민준", "All is well and the lake is quiet today.\n\nBest wishes,\n[Minjun Kim]"),
        ("محمد الأحمد", "All is well and the lake is quiet today.\n\nBest wishes,\n[Mohammed Al-Ahmad]"),
        ("राहुल शर्मा", "All is well and the lake is quiet today.\n\nBest wishes,\n[Rahul Sharma]"),
        ("Ελένη Παππά", "All is well and the lake is quiet today.\n\nBest wishes,\n[Eleni Pappas]"),
        ("Jane Whitcombe", "Привет! Меня зовут [Джейн], и всё хорошо."),
    ],
)
def test_a_name_in_another_script_goes_where_somebody_names_themselves(name: str, letter: str) -> None:
    assert redacted(name, letter.replace("[", "").replace("]", "")) == re.sub(r"\[[^\]]*\]", AMBER.name, letter)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "Jane Whitcombe",
            "Привет! Дина и Женя приехали, а Жанна Павлова пишет. Том тоже здесь.\n\nС уважением,\nОльга",
        ),
        ("Dan Moore", "Привет! Дина Морозова приехала, а Дон тихий. Моя Марина дома."),
        ("Robert Brown", "Дорогой Том,\n\nКнига про Роберто Баринова мне нравится."),
        ("Jane Whitcombe", "ジャンルはジャズです。テニスとジーンズが好きです。"),
        ("Jane Whitcombe", "我很好，湖很安静。\n\n此致敬礼\n李老师"),
        ("Дарья Лебедева", "All is well and the lake is quiet today.\n\nBest wishes,\nTom"),
        ("김민준", "All is well and the lake is quiet.\n\nBest wishes,\nThanks"),
        ("Anna Schmidt", "Όλα είναι καλά. Η Άννα Παππά είναι εδώ και ο Νίκος."),
        ("Ana Mia", "Вчера Аня Мая была тут, и озеро было тихое."),
        ("Odette Moreau", "Мене звати Едита Литвиненко, я живу тут."),
        ("Ελένη Παππά", "Das Jahr war kurz und schön.\n\nViele Grüße\nLeonie"),
        ("Odette Moreau", "كل أمل يحتاج إلى عمل.\n\nتحياتي،\nأمل"),
    ],
)
def test_names_and_words_that_only_sound_alike_stay(name: str, text: str) -> None:
    assert redacted(name, text) == text


@pytest.mark.parametrize("text", ["Джейн " * 40_000, "а" * 200_000, "Дж\n" * 60_000, "ジェ" * 80_000, "Ж" * 100_000])
def test_hostile_text_takes_no_longer(text: str) -> None:
    redacted("Jane Whitcombe", text)
