"""A corrected name counts for the next letter, and those that wait are counted."""

from __future__ import annotations

from relay.home import Home
from relay.mentoring.corrections import rename
from relay.model import Side

from ..inbound.conftest import DOMAIN, JANE, NOW, OMAR, opened


async def test_the_next_letter_is_searched_for_the_corrected_name(home: Home) -> None:
    async with opened(home) as inbound:
        await inbound.pair("p1", JANE, OMAR, ("Amber Heron", "Quiet River"))
        store = inbound.store
        member = await store.members.on("p1", Side.MENTOR)
        assert member is not None
        await store.members.know_as(member.number, ("Jane Dimbleby",), NOW)
        for number, words in enumerate(("how are you?", "ask for Wimbleby.")):
            body = f"Dear Omar,\r\n\r\n{words}"
            await inbound.send(JANE, f"quiet-river.p1@{DOMAIN}", body=body, message_id=f"l{number}@real.example")
        member = await store.members.on("p1", Side.MENTOR)
        assert member is not None
        renamed = await rename(member, "Jane Dimbleby", "Jane Wimbleby", store, NOW, who="petra")
        assert (renamed.names, renamed.waiting) == (("Jane Wimbleby",), 2)
        before = await inbound.due(OMAR)
        assert len([one for one in before if b"Wimbleby" in one.content]) == 1
        body = "Dear Omar,\r\n\r\nask for Wimbleby, not for Dimbleby."
        await inbound.send(JANE, f"quiet-river.p1@{DOMAIN}", body=body, message_id="l3@real.example")
        (letter,) = [one for one in await inbound.due(OMAR) if b"Dimbleby" in one.content]
        assert b"Wimbleby" not in letter.content
