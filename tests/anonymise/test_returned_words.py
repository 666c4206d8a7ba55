"""What who answers puts into a quotation is their own words, however it is dressed: it is scrubbed."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import pytest

from relay.model import Echo, Echoes, Message, Scrubbed
from relay.refusals import StillIdentifying

from .test_echoes import HEAD, HIS, names, quoted, seen, to_eve, to_omar
from .test_echoes_in_odd_forms import same_for_both

NAME = "Omar Haddad"
LETTERS = {
    "list": "Which of these are you?\n\n" + "\n".join(names(with_his=True)) + "\n\nYours\n",
    "line": "I met Ann Aldane, Bert Brosk and Omar Haddad at the fair. Were you there?",
    "form": "Which is yours?\n\nIs your name Ann Aldane?\nIs your name Omar Haddad?\n\nPlease tell.\nYour name:\n"
    "Your town:\n",
    "wondering": "I wonder whether you are Omar Haddad or somebody else entirely.",
    "greeting": "Hi Omar Haddad, my name is Eve. How are you?",
}


def marked(text: str) -> str:
    return f"{HEAD}\n\n{quoted(text, 'marks')}\n"


def below(title: str) -> str:
    return f"See.\n\n{title}\nFrom: Amber Heron\nSent: Tuesday, 3 March 2026 10:11\nTo: {NAME}\nSubject: Hello\n\n"


OWN: dict[str, Callable[[str], str]] = {
    "signed": lambda text: marked(f"{text}\n\nBest regards\n{NAME}"),
    "last line": lambda text: marked(f"{text}\n{NAME}"),
    "filled in": lambda text: marked(f"{text}\nYour name: {NAME}"),
    "said": lambda text: marked(f"{text}\nI am {NAME} by the way."),
    "said in between": lambda text: marked(text.replace("\n", f"\nI am {NAME} myself.\n", 1)),
    "in a line": lambda text: marked(text.replace("?", f"? It is {NAME}.", 1) + f" {NAME}" * ("?" not in text)),
    "between the lines": lambda text: marked(text).replace(">\n", f"\nMe, {NAME}.\n\n", 1) + f"\n\n{NAME}\n",
    "deeper": lambda text: (
        f"{HEAD}\n\n{quoted(quoted(text, 'marks'), 'marks')}\n> I am {NAME}.\n> Yours {NAME}\n\nYes\n"
    ),
    "cited": lambda text: (
        f"{HEAD}\n\n" + "\n".join(f"AH> {one}" for one in text.splitlines()) + f"\nAH> I am {NAME}.\n"
    ),
    "below a head": lambda text: f"{below('-----Original Message-----')}{text}\n\nMy answer: I am {NAME}.\n",
    "signed below a head": lambda text: f"{below('-----Original Message-----')}{text}\n\nBest\n{NAME}\n",
    "without marks": lambda text: f"{HEAD}\n\n{text}\n\nIt is me: {NAME}\n",
}
ALONE = {
    "an own quotation": f"I said:\n\n> I am {NAME}, and I bake.\n> Best,\n> {NAME}\n\nSo there.\n",
    "an own head": f"Hello.\n\nOn 3 March 2026 at 10:11, {NAME} <{HIS.addresses[0]}> wrote:\n\n> I am {NAME}.\n",
    "the partner's head": f"Hello.\n\n{HEAD}\n\n> I am {NAME}, and I bake.\n",
    "forwarded": f"See.\n\n---------- Forwarded message ---------\nFrom: {NAME} <{HIS.addresses[0]}>\n"
    f"Date: Tue, 3 Mar 2026\nSubject: Bread\nTo: Amber Heron\n\nHello, {NAME} here. I bake.\n\n{NAME}\n",
    "indented": f"Hello,\n\n    {NAME}\n    12 Long Street\n\nbye\n",
}


def page(text: str) -> str:
    """The text as HTML, with blockquotes for its quote marks."""
    out, depth = [], 0
    for line in text.split("\n"):
        marks = len(line) - len(line.lstrip("> ")) and line[: len(line) - len(line.lstrip("> "))].count(">")
        out.append("<blockquote>" * (marks - depth) + "</blockquote>" * (depth - marks))
        out.append(f"<div>{escape(line.lstrip('> ')) or '<br>'}</div>")
        depth = marks
    return "".join((*out, "</blockquote>" * depth))


def answered(letter: str, make: Callable[[str], str], form: str) -> str:
    """What Eve reads of the answer that ``make`` makes of her letter as it arrived."""
    sent = to_omar(Message("Hello", letter))
    text = make(seen(sent).text or "")
    answer = Message("Re: Hello", text) if form == "text" else Message("Re: Hello", None, page(text))
    return seen(to_eve(answer, sent.echoes)).text or ""


@pytest.mark.parametrize("form", ["text", "html"])
@pytest.mark.parametrize("own", OWN)
@pytest.mark.parametrize("letter", LETTERS)
def test_a_name_that_is_put_into_a_quotation_does_not_pass(letter: str, own: str, form: str) -> None:
    text = answered(LETTERS[letter], OWN[own], form)
    assert text.count("Haddad") <= LETTERS[letter].count("Haddad")
    assert not any(f"{words} {NAME}" in text for words in ("I am", "Best regards\n>", "It is", "me:", "Me,"))


@pytest.mark.parametrize("form", ["text", "html"])
@pytest.mark.parametrize("own", ALONE)
@pytest.mark.parametrize("letter", [one for one in LETTERS if one != "wondering"])
def test_nor_do_own_words_that_only_look_like_a_quotation(letter: str, own: str, form: str) -> None:
    text = answered(LETTERS[letter], lambda _: ALONE[own], form)
    assert "Haddad" not in text and "omar" not in text.lower()


REMARKS: dict[str, Callable[[str], str]] = {
    "behind": lambda line: f"{line} - no, I never met them",
    "before": lambda line: f"no: {line}",
    "both": lambda line: f"not {line}, or so I think",
}


@pytest.mark.parametrize("remark", REMARKS)
def test_names_with_remarks_beside_each_come_back(remark: str) -> None:
    def first(name: str) -> Message:
        return Message("Hello", LETTERS["list"].replace(NAME, name))

    def make(arrived: Message) -> Message:
        lines = (REMARKS[remark](line) if line else "" for line in (arrived.text or "").splitlines())
        return Message("Re: Hello", marked("\n".join(lines)))

    assert "Olaf Hallgr" in same_for_both(first, make)[1]


def test_a_line_that_is_quoted_above_and_again_in_the_whole_letter_comes_back_twice() -> None:
    def first(name: str) -> Message:
        return Message("Hello", LETTERS["list"].replace(NAME, name))

    def make(arrived: Message) -> Message:
        text = arrived.text or ""
        (line,) = (one for one in text.splitlines() if one in (NAME, "Olaf Hallgr"))
        return Message("Re: Hello", f"> {line}\n\nWho is that?\n\n{marked(text)}")

    assert same_for_both(first, make)[1].count("Olaf Hallgr") == 2


@pytest.mark.parametrize("own", ["said", "filled in", "signed", "last line"])
def test_the_leak_check_alone_counts_too(own: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = to_omar(Message("Hello", LETTERS["line"]))
    monkeypatch.setattr("relay.rebuild.scrub", lambda message, known: Scrubbed(message))
    to_eve(Message("Re: Hello", quoted(LETTERS["line"], "marks")), sent.echoes)
    with pytest.raises(StillIdentifying):
        to_eve(Message("Re: Hello", OWN[own](LETTERS["line"]).partition("\n\n")[2]), sent.echoes)


def test_more_mentions_than_are_remembered_with_words_around_come_back_as_often_as_they_were_written() -> None:
    rows = [f"a{at} b{at} {NAME} c{at} d{at}" for at in range(130)]
    sent = to_omar(Message("Hello", "\n".join(rows)))
    assert [one.times for one in sent.echoes.mentions if not one.before] == [30]
    answer = Message("Re: Hello", marked("\n".join((seen(sent).text or "", f"I am {NAME}."))))
    text = seen(to_eve(answer, sent.echoes)).text or ""
    assert text.count(NAME) == 130 and f"I am {NAME}" not in text


def test_what_was_remembered_by_earlier_versions_comes_back_once() -> None:
    echoes = Echoes((Echo("Are you", NAME, "I wonder"),))
    text = f"> Are you {NAME}? I wonder.\n> {NAME}\n\nHm.\n"
    answer = seen(to_eve(Message("Re: Hello", text), echoes)).text or ""
    assert answer.count(NAME) == 1 and f"Are you {NAME}? I wonder" in answer


PASTED: dict[str, Callable[[str], str]] = {
    "bare": lambda line: line,
    "behind": lambda line: f"{line} - no",
    "before": lambda line: f"no: {line}",
}


@pytest.mark.parametrize("remark", PASTED)
def test_a_list_that_is_pasted_without_marks_comes_back(remark: str) -> None:
    def first(name: str) -> Message:
        return Message("Hello", LETTERS["list"].replace(NAME, name))

    def make(arrived: Message) -> Message:
        lines = (PASTED[remark](line) for line in (arrived.text or "").splitlines()[2:-2])
        return Message("Re: Hello", "I looked at your list:\n\n" + "\n".join(lines) + f"\n\nBest regards\n{NAME}\n")

    text = same_for_both(first, make)[1]
    assert "Olaf Hallgr" in text and text.count("Quiet River") == 1


@pytest.mark.parametrize("own", ["Best regards\n{}", "{}", "I am {}, and you?", "Your name: {}\nYour town: Leeds"])
def test_own_words_beside_such_a_list_are_scrubbed(own: str) -> None:
    sent = to_omar(Message("Hello", LETTERS["list"]))
    lines = (seen(sent).text or "").replace(f"{NAME}\n", "")
    for text in (f"{lines}\n\n{own}\n", f"{own}\n\n{lines}\n", f"{lines}\n{own}\n{lines}\n"):
        answer = seen(to_eve(Message("Re: Hello", text.format(NAME)), sent.echoes)).text or ""
        assert "Haddad" not in answer


def test_a_name_typed_between_quoted_lines_near_the_place_of_its_own_is_scrubbed() -> None:
    sent = to_omar(Message("Hello", LETTERS["list"]))
    text = quoted((seen(sent).text or "").replace(f"{NAME}\n", ""), "marks")
    for line in ("> Carla Brosk\n", "> Carla Corwen\n", "> Bert Corwen\n"):
        own = text.replace(line, f"{line}\n{NAME}\n\n")
        answer = Message("Re: Hello", f"{HEAD}\n\n{own}\n")
        assert "Haddad" not in (seen(to_eve(answer, sent.echoes)).text or "")
