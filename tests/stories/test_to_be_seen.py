"""Metrics and relay status of a running relay: counts and times, without names or addresses."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import urllib.error
import urllib.request
from datetime import UTC, datetime

from relay.home import Home
from relay.operations.findings import Level
from relay.operations.trial_letter import check_sending
from relay.settings_file import load

from .conftest import HOST, House, Members, free_port, letter


async def fetch(port: int, path: str) -> tuple[int, str]:
    def get() -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    return await asyncio.to_thread(get)


async def test_metrics_count_the_letters_and_hold_no_address(house: House, members: Members) -> None:
    port = free_port()
    house.env["RELAY_METRICS__LISTEN"] = f"{HOST}:{port}"
    author, mentee = "jane.doe@real.example", "omar@home.example"
    pair = house.pair(author, mentee, "--silent", "--mentor-known-as", "Jane Doe")
    house.start()
    alias = pair["mentee"]["alias"]
    members.answer = lambda to: "451 4.2.1 later" if len(members.tries) < 2 else None
    await house.send(author, alias, letter(author, alias, "Subject: Jane Doe", body="Jane Doe was here"))
    await house.send("x@y.example", alias, letter("x@y.example", alias))
    await members.wait_for(1)
    written = ('relay_delivery_tries_total{outcome="sent"} 1.0', 'relay_queue{state="sending"} 0.0')
    async with asyncio.timeout(30):  # until the successful try is settled, too
        while not all(line in page for page in [(await fetch(port, "/metrics"))[1]] for line in written):
            await asyncio.sleep(0.05)
    await asyncio.sleep(3.5)  # work after a refusal starts within three seconds
    code, page = await fetch(port, "/metrics")
    assert code == 200
    for line in (
        'relay_letters_total{answer="accepted"} 1.0',
        'relay_letters_total{answer="NotTheirAlias"} 1.0',
        'relay_delivery_tries_total{outcome="deferred"} 1.0',
        'relay_delivery_tries_total{outcome="sent"} 1.0',
        'relay_deliveries_total{tls="none"} 1.0',
        'relay_queue{state="queued"} 0.0',
    ):
        assert line in page, page
    # The stranger's letter is parsed, too, some time after its refusal (so that timing does not show who is a member),
    # but it is not counted.
    assert re.search(r"^relay_rebuild_seconds_count 1\.0$", page, re.MULTILINE), page
    assert 'relay_removals_total{kind="name"}' in page
    for secret in ("jane", "Jane", "omar", "example"):
        assert secret not in page
    assert await fetch(port, "/healthz") == (200, "alive\n")
    assert await fetch(port, "/readyz") == (200, "ready\n")
    assert (await fetch(port, "/etc/passwd"))[0] == 404


async def test_a_client_without_http_is_disconnected_and_metrics_stay_available(house: House) -> None:
    port = free_port()
    house.env["RELAY_METRICS__LISTEN"] = f"{HOST}:{port}"
    house.start()
    for rubbish in (b"\0" * 100_000, b"POST /metrics HTTP/1.1\r\n\r\n", b"\r\n\r\n", b"GET"):
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(rubbish)
        writer.write_eof()
        said = b""
        with contextlib.suppress(ConnectionResetError):
            said = await reader.read()
        assert said == b"" or said.startswith(b"HTTP/1.1 4")
        writer.close()
    assert (await fetch(port, "/healthz"))[0] == 200


async def test_metrics_listen_on_loopback_only(house: House) -> None:
    house.env["RELAY_METRICS__LISTEN"] = "0.0.0.0:9090"
    assert "loopback" in house.run("serve", code=1)


async def test_status_shows_listening_queue_and_outcomes(house: House, members: Members) -> None:
    author, mentee = "jane.doe@real.example", "omar@home.example"
    alias = house.pair(author, mentee)["mentee"]["alias"]
    house.run("status", code=1)
    house.start()
    members.answer = lambda _: "451 4.2.1 later"
    await house.send(author, alias, letter(author, alias))
    await asyncio.sleep(0.5)
    told = json.loads(await asyncio.to_thread(house.run, "status", "--json"))
    assert told["listening"] == {f"{HOST}:{house.port}": True}
    assert sum(state["count"] for state in told["queue"].values()) == 1
    assert told["last_day"] == {"accepted": 1}
    words = await asyncio.to_thread(house.run, "status")
    assert f"{HOST}:{house.port}\tanswers" in words
    assert "jane" not in words


async def test_a_trial_letter_reaches_the_operator(house: House, members: Members) -> None:
    house.env["RELAY_PROGRAMME__OPERATOR"] = "op@operator.example"
    home, now = Home(house.home), datetime.now(UTC)
    settings = load(home.toml, house.env)
    assert "relay did not accept the test letter" in (await check_sending(home, settings, now)).what
    house.start()
    found = await check_sending(home, settings, now)
    assert found.level is Level.OK and "delivered to the operator's mail server" in found.what
    (arrived,) = await members.wait_for(1)
    assert arrived.recipient == "op@operator.example" and b"relay check --send wrote this letter" in arrived.content
