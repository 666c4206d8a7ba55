"""The languages in which members are understood: yes and no, and the commands of the desk."""

from __future__ import annotations

from importlib.resources.abc import Traversable

from relay.message.confirmation.answer_line import understand_answers
from relay.message.confirmation.answer_words import answer_words
from relay.message.desk.read_command import command_phrases, understand_commands
from relay.message.our_letters import understand_letters
from relay.shipped import shipped


def understand(folder: Traversable) -> None:
    """Understand the languages in ``folder``, the home's templates, beside the shipped ones: from now on, and in this
    process. Raises ValueError, which names the file with a mistake."""
    if folder.is_dir():
        understand_answers(folder)
        understand_commands(folder)
        understand_letters(folder)


def mistakes(folder: Traversable) -> list[str]:
    """What ``understand`` would raise."""
    try:
        if folder.is_dir():
            answer_words(folder)
            command_phrases(folder, command_phrases(shipped("templates")))
    except (OSError, ValueError) as error:
        return [str(error)]
    return []
