"""Letters are opened in processes that may fail without harm to any other letter."""

from __future__ import annotations

import asyncio
import base64
import errno
import fcntl
import os
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvloop

from relay.message.automatic.recognise import recognise
from relay.message.confirmation.read_answer import ReadAnswer, YesNo
from relay.message.write.compose import compose
from relay.message.write.dkim_sign import Signer, new_ed25519_key
from relay.model import (
    Attachment,
    Doubt,
    Echo,
    Echoes,
    Headers,
    Identity,
    Known,
    Message,
    Passed,
    Persona,
    RebuildOrder,
    Rebuilt,
    Removal,
)
from relay.outcomes import Returned, ReturnKind
from relay.refusals import CannotAnonymise, TryLater
from relay.workers.answers import FRAME, Answer, read, written
from relay.workers.fork_client import ForkServer, fork_server
from relay.workers.orders import ANSWERS, RecognizeOrder, ShowOrder
from relay.workers.pool import Workers
from relay.workers.settings import WorkerSettings
from relay.workers.shared_buffer import SharedBuffer

AUTHOR, READER = Persona("Quiet River", "q@relay.example"), Persona("Amber Heron", "a@relay.example")
KNOWN = Known(Identity(("jane.doe@real.example",)), AUTHOR, Identity(("omar@home.example",)), READER)
HEADERS = Headers(AUTHOR.name, AUTHOR.alias, "omar@home.example", "ab@relay.example", datetime(2026, 1, 2, tzinfo=UTC))
SETTINGS = WorkerSettings(count=1, deadline=20, memory=1 << 30, domain="relay.example", keys=())


def order(body: bytes = b"Hello", kind: bytes = b"text/plain") -> RebuildOrder:
    return RebuildOrder(b"From: jane.doe@real.example\r\nContent-Type: " + kind + b"\r\n\r\n" + body, KNOWN, HEADERS)


def with_file(octets: bytes, kind: str) -> RebuildOrder:
    body = (
        b"--x\r\n\r\nhi\r\n--x\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=f\r\n"
    )
    body += f"Content-Type: {kind}\r\n\r\n".encode() + base64.encodebytes(octets) + b"\r\n--x--\r\n"
    return order(body, b"multipart/mixed; boundary=x")


def content_of(answer: Rebuilt | Returned) -> bytes:
    assert isinstance(answer, Rebuilt)
    return answer.content


@pytest.fixture
async def workers() -> AsyncIterator[Workers]:
    made = Workers(SETTINGS)
    await made.open()
    yield made
    await made.close()


async def test_a_letter_comes_back_rebuilt(workers: Workers) -> None:
    assert b"Hello" in content_of(await workers.rebuild(order()))


@pytest.mark.parametrize("octets", [1_000, 90_000, 110_000, 1_000_000])
async def test_the_end_of_a_letter_arrives_however_little_of_it_shows_what_it_is(workers: Workers, octets: int) -> None:
    rebuilt = content_of(await workers.rebuild(order(b"words and more\r\n" * (octets // 16) + b"The last line.")))
    assert b"The last line." in rebuilt
    in_parts = b"--x\r\n\r\n" + b"words and more\r\n" * (octets // 16) + b"\r\n--x\r\n\r\nThe last part.\r\n--x--\r\n"
    assert b"The last part." in content_of(await workers.rebuild(order(in_parts, b"multipart/mixed; boundary=x")))


async def test_a_refusal_comes_back_with_its_words(workers: Workers) -> None:
    with pytest.raises(CannotAnonymise, match="encrypted"):
        await workers.rebuild(order(b"--x\r\n\r\n--x--\r\n", b"multipart/encrypted; boundary=x"))


async def test_a_machines_mail_is_told_and_not_rebuilt(workers: Workers) -> None:
    away = replace(
        order(b"I am away until Monday"), content=b"From: j@real.example\r\nAuto-Submitted: auto-replied\r\n\r\nx"
    )
    assert await workers.rebuild(away) == Returned(ReturnKind.ANSWER)
    assert isinstance(await workers.rebuild(replace(away, recognise=False)), Rebuilt)


async def test_the_null_sender_is_taken_into_account(workers: Workers) -> None:
    bounce = replace(
        order(), content=b"From: j@real.example\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\n5.1.1"
    )
    told = await workers.rebuild(replace(bounce, null_sender=True))
    assert isinstance(told, Returned) and told.kind is ReturnKind.FAILED and told.certain


async def test_a_mail_is_recognised_in_a_worker(workers: Workers) -> None:
    report = b"From: mailer-daemon@x.example\r\nSubject: Undelivered Mail\r\n\r\nno such user 5.1.1"
    assert await workers.run(RecognizeOrder(report)) == recognise(report) != None  # noqa: E711
    assert await workers.run(RecognizeOrder(order().content)) is None


@pytest.mark.parametrize("header", [200, 250_000, 300_000])
def test_as_much_of_a_mail_is_sent_as_is_looked_at(header: int) -> None:
    top = b"From: j@real.example\r\nX: " + b"x" * header + b"\r\nSubject: Out of office\r\n\r\n"
    whole = top + b"words " * 90_000
    sent = RecognizeOrder(whole).content
    assert len(sent) < 400_000 < len(whole)
    assert recognise(sent) == recognise(whole)


async def test_a_mail_of_our_own_is_written_and_signed_in_a_worker() -> None:
    key = ("s1", new_ed25519_key())
    workers = Workers(replace(SETTINGS, keys=(key,)))
    await workers.open()
    mail = Message("Mail for you", "words", None, (Attachment(bytes(200_000), "application/octet-stream", "m.eml"),))
    try:
        shown = await workers.run(ShowOrder(mail, HEADERS, known_subject="A plan"))
    finally:
        await workers.close()
    assert shown == Passed(Signer("relay.example", (key,)).sign(compose(mail, HEADERS)), "A plan")


async def shot(workers: Workers, times: int = 1) -> None:
    """Stop the only worker, and shoot it and those that come in its place as soon as each has begun a letter."""
    for _ in range(times):
        async with asyncio.timeout(60):
            while not any(worker.load for worker in workers._all):
                await asyncio.sleep(0.001)
        (worker,) = workers._all
        worker.process.kill()
        await worker.ended


def stopped(workers: Workers) -> None:
    """The only worker takes letters, and does nothing."""
    (worker,) = workers._all
    os.kill(worker.process.pid, signal.SIGSTOP)


async def test_workers_outlive_their_fork_server_and_the_next_one_starts_it_again(workers: Workers) -> None:
    await workers.rebuild(order())
    (first,) = workers._all
    server = fork_server()._process
    assert server is not None
    server.kill()
    server.wait()
    assert b"Hello" in content_of(await workers.rebuild(order()))
    assert workers._all == {first}
    first.process.kill()
    await first.ended
    assert first.process.wait() == -signal.SIGKILL
    assert b"Hello" in content_of(await workers.rebuild(order()))
    assert fork_server()._process is not server


async def test_a_fork_server_says_how_its_workers_ended(workers: Workers) -> None:
    await workers.rebuild(order())
    (worker,) = workers._all
    assert worker.process.alive
    os.kill(worker.process.pid, signal.SIGTERM)  # which it does not heed: the server decides
    assert b"Hello" in content_of(await workers.rebuild(order()))
    os.kill(worker.process.pid, signal.SIGSEGV)
    assert worker.process.wait() == -signal.SIGSEGV
    assert not worker.process.alive
    worker.process.kill()
    await worker.ended


async def test_a_broken_file_of_words_is_named_and_letters_are_put_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.resources.abc, pathlib\n"
        "real = pathlib.Path.read_text\n"
        "def broken(self, *a, **k):\n"
        "    return 'nonsense = 1\\n' + real(self, *a, **k) if self.name == 'sw.toml' else real(self, *a, **k)\n"
        "pathlib.Path.read_text = broken\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), *filter(None, sys.path))))
    fork_server().close()
    workers = Workers(SETTINGS)
    try:
        await workers.open()
        with pytest.raises(TryLater):
            await workers.rebuild(order())
        assert "sw: unknown keys ['nonsense']" in caplog.text
    finally:
        await workers.close()
        fork_server().close()


def test_a_fork_server_ends_with_the_process_that_started_it() -> None:
    program = (
        "import os, socket\n"
        "from relay.workers.fork_client import fork_server\n"
        "from relay.workers.settings import WorkerSettings\n"
        "ours, theirs = socket.socketpair()\n"
        "made = fork_server().start_worker(theirs, WorkerSettings(1, 20, 1 << 30, 'relay.example', ()))\n"
        "print(fork_server()._process.pid, made.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    for number in map(int, done.stdout.split()):
        for _ in range(600):
            if not Path(f"/proc/{number}").exists():
                break
            time.sleep(0.1)
        else:
            raise AssertionError(f"{number} is still there")
    assert len(done.stdout.split()) == 2


async def test_a_letter_whose_worker_dies_is_tried_once_more(workers: Workers) -> None:
    await workers.rebuild(order())
    stopped(workers)
    asking = asyncio.create_task(workers.rebuild(order()))
    await shot(workers)
    assert b"Hello" in content_of(await asking)


@pytest.fixture
def killers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Workers die over every letter that says so. They are real processes, which find this in their way in."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "def look(event, args):\n"
        "    if event == 'pickle.find_class' and args[1] == 'RebuildOrder':\n"
        "        import relay.workers.jobs as jobs\n"
        "        if not hasattr(jobs, 'kept'):\n"
        "            jobs.kept = jobs.rebuild\n"
        "            jobs.rebuild = lambda o, *more: os.abort() if b'kills' in o.content else jobs.kept(o, *more)\n"
        "sys.addaudithook(look)\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), *filter(None, sys.path))))
    fork_server().close()
    yield
    fork_server().close()


async def test_a_letter_that_kills_two_workers_is_refused_with_words(killers: None) -> None:
    workers = Workers(SETTINGS)
    await workers.open()
    try:
        with pytest.raises(CannotAnonymise, match="could not be opened safely"):
            await workers.rebuild(order(b"This kills"))
        assert b"Hello" in content_of(await workers.rebuild(order()))
    finally:
        await workers.close()


async def test_letters_among_killers_are_served_however_often_their_worker_dies(killers: None) -> None:
    workers = Workers(SETTINGS)
    await workers.open()
    try:
        tasks = [workers.rebuild(order(b"This kills" if n % 2 == 0 else b"Hello")) for n in range(8)]
        results = await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        await workers.close()
    assert [type(result) for result in results] == [CannotAnonymise, Rebuilt] * 4


async def test_a_letter_behind_one_whose_worker_dies_goes_to_the_next_worker(workers: Workers) -> None:
    await workers.rebuild(order())
    (worker,) = workers._all
    stopped(workers)
    tasks = [asyncio.create_task(workers.rebuild(order())) for _ in range(3)]
    await asyncio.sleep(0.1)
    first, behind = worker._jobs
    await shot(workers)
    assert all([b"Hello" in content_of(await task) for task in tasks])
    assert (first.deaths, behind.deaths) == (1, 0)


async def test_an_answer_that_came_before_the_end_is_taken_and_the_letter_behind_it_counted(workers: Workers) -> None:
    one = FRAME.size + sum(map(len, written(await workers.rebuild(order()))))
    (worker,) = workers._all
    tasks = [asyncio.create_task(workers.rebuild(order())) for _ in range(2)]
    await asyncio.sleep(0)
    first, second = worker._jobs
    # The loop looks at no socket until both are answered and the worker is gone.
    while struct.unpack("i", fcntl.ioctl(worker._ours, termios.FIONREAD, bytes(4)))[0] < 2 * one:
        time.sleep(0.01)
    worker.process.kill()
    worker.process.wait()
    assert all([b"Hello" in content_of(await task) for task in tasks])
    assert (first.deaths, second.deaths) == (0, 0)


async def test_workers_that_cannot_start_put_letters_off_and_are_started_again_for_the_next(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await workers.rebuild(order())
    good, workers._settings = workers._settings, replace(SETTINGS, keys=(("s1", "no key"),))
    stopped(workers)
    asking = asyncio.create_task(workers.rebuild(order()))
    await shot(workers)
    with pytest.raises(TryLater):
        await asking
    workers._settings = good
    assert b"Hello" in content_of(await workers.rebuild(order()))
    await workers.close()
    monkeypatch.setattr(ForkServer, "start_worker", no_memory)
    broken = Workers(SETTINGS)
    await broken.open()
    with pytest.raises(TryLater):
        await broken.rebuild(order())


def no_memory(*_: object) -> None:
    raise OSError(errno.EAGAIN, "Resource temporarily unavailable")


async def test_the_pool_for_strangers_starts_with_its_first_letter_gives_way_and_ends_when_idle() -> None:
    workers = Workers.for_strangers(SETTINGS)
    workers._settings = replace(workers._settings, idle=0.2)
    await workers.open()
    try:
        assert not workers._all
        for _ in range(2):
            assert await workers.run(RecognizeOrder(order().content)) is None
            (worker,) = workers._all
            nice = os.getpriority(os.PRIO_PROCESS, worker.process.pid)
            assert nice >= min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
            async with asyncio.timeout(60):
                await worker.ended
            assert not workers._all
    finally:
        await workers.close()


async def test_the_pool_for_strangers_does_one_letter_at_a_time_and_loses_none() -> None:
    workers = Workers.for_strangers(SETTINGS)
    try:
        answers = await asyncio.gather(*(workers.rebuild(order(f"number {n}.".encode())) for n in range(20)))
        assert len(workers._all) == 1
    finally:
        await workers.close()
    assert all(f"number {n}.".encode() in content_of(answer) for n, answer in enumerate(answers))


async def test_processor_time_is_bounded_whatever_code_it_is_spent_in() -> None:
    workers = Workers(replace(SETTINGS, cpu_deadline=0.000_001))
    await workers.open()
    try:
        with pytest.raises(CannotAnonymise, match="tangled"):
            await workers.rebuild(order(b"x" * 1_000_000))
    finally:
        await workers.close()


@pytest.mark.parametrize(
    ("line", "content"),
    [
        (b"", b""),
        (b"{", b""),
        (b"[]", b""),
        (b'["rebuilt", 3]', b"x"),
        (b'["rebuilt", [[1, 2, 3]]]', b"x"),
        (b'["rebuilt", [["a"]]]', b"x"),
        (b'["returned", {"kind": "failed"}]', b""),
        (b'["returned", {"kind": "made up", "status": "", "certain": true}]', b""),
        (b'["refusal", ["SystemExit", ""]]', b""),
        (b'["octets", null]', b"x"),  # an answer, but not to this question
        (b'["none", null]', b""),
        (b"[" * 100_000, b""),
    ],
)
def test_only_answers_that_a_job_may_have_are_taken_from_a_worker(line: bytes, content: bytes) -> None:
    with pytest.raises(ValueError):
        read(line, content, ANSWERS[RebuildOrder])


EVERYTHING = Rebuilt(
    b"a\nb\0",
    (Removal("link", 2, "words"),),
    (Doubt("phone", "0117", "plan.pdf", 2),),
    Echoes((Echo("Dear", "Omar", ""),), names=("plan.pdf",)),
    b"key",
    subject_returned=True,
    command="pause",
    questions=("K7Q4TM", "c-1"),
)


def test_nothing_of_a_rebuilt_letter_is_left_out_of_this_test() -> None:
    """A new field of Rebuilt must cross, too: add it to EVERYTHING."""
    assert all(getattr(EVERYTHING, one.name) != one.default for one in fields(Rebuilt))


@pytest.mark.parametrize(
    "answer",
    [
        Rebuilt(b"a\nb\0", (Removal("link", 2, "words"), Removal("header"))),
        EVERYTHING,
        Returned(ReturnKind.DELAYED, "4.2.2", certain=False),
        Passed(b"a\nb\0", "Re: a plan", (Removal("address"),)),
        ReadAnswer(YesNo.YES, files=True, conditional=True),
        ReadAnswer(
            YesNo.YES, code_written=True, code_anywhere=True, line="YES", words=4, below="Pen name: Z", own="YES"
        ),
        None,
    ],
)
def test_an_answer_crosses_unchanged(answer: Answer) -> None:
    assert repr(read(*written(answer), (type(answer),))) == repr(answer)


async def test_nothing_waits_behind_a_large_letter_and_a_large_one_behind_nothing(workers: Workers) -> None:
    await workers.rebuild(order())
    (worker,) = workers._all
    stopped(workers)
    loads = []
    for size in (10, 100_000, 10):
        asyncio.create_task(workers.rebuild(order(b"x" * size)))  # noqa: RUF006
        await asyncio.sleep(0.02)
        loads.append(worker.load)
    assert loads == [1, 1, 1]
    os.kill(worker.process.pid, signal.SIGCONT)


async def test_whoever_waits_when_all_is_closed_hears_so(workers: Workers) -> None:
    await workers.rebuild(order())
    stopped(workers)
    waiting = [asyncio.create_task(workers.rebuild(order())) for _ in range(3)]
    await asyncio.sleep(0.05)
    await workers.close()
    assert [type(error) for error in await asyncio.gather(*waiting, return_exceptions=True)] == [TryLater] * 3


async def test_a_worker_that_died_at_rest_costs_no_letter_anything(workers: Workers) -> None:
    await workers.rebuild(order())
    (worker,) = workers._all
    os.kill(worker.process.pid, signal.SIGKILL)
    worker.process.wait()
    assert b"Hello" in content_of(await workers.rebuild(order()))


async def test_a_worker_that_died_over_a_letter_and_has_not_been_heard_of_yet_keeps_nobody_waiting(
    workers: Workers,
) -> None:
    await workers.rebuild(order())
    (worker,) = workers._all
    stopped(workers)
    first = asyncio.create_task(workers.rebuild(order()))
    await asyncio.sleep(0.1)
    os.kill(worker.process.pid, signal.SIGKILL)
    worker.process.wait()
    second = asyncio.create_task(workers.rebuild(order()))  # asks before the loop looks at any socket
    async with asyncio.timeout(60):
        assert b"Hello" in content_of(await first)
        assert b"Hello" in content_of(await second)


async def test_a_worker_whose_socket_is_closing_is_given_nothing(workers: Workers) -> None:
    await workers.rebuild(order())
    (worker,) = workers._all
    assert worker._transport is not None
    worker._transport.abort()
    async with asyncio.timeout(60):
        assert b"Hello" in content_of(await workers.rebuild(order()))
    assert worker not in workers._all


async def test_a_letter_that_takes_too_long_is_refused_and_the_next_one_served(workers: Workers) -> None:
    (worker,) = workers._all
    await workers.rebuild(order())
    worker._settings = replace(SETTINGS, deadline=0.000_001)
    stopped(workers)
    with pytest.raises(CannotAnonymise, match="tangled"):
        await workers.rebuild(order())
    assert b"Hello" in content_of(await workers.rebuild(order()))


async def test_a_letter_that_needs_too_much_memory_is_refused() -> None:
    workers = Workers(replace(SETTINGS, memory=340 << 20))
    await workers.open()
    try:
        with pytest.raises(CannotAnonymise):
            await workers.rebuild(order(b"x" * (120 << 20)))
        assert b"Hello" in content_of(await workers.rebuild(order()))
    finally:
        await workers.close()


def test_large_letters_pass_in_both_directions_under_the_servers_own_loop() -> None:
    async def story() -> list[int]:
        workers = Workers(SETTINGS)
        await workers.open()
        try:
            large = with_file(b"words and words\r\n" * 100_000, "text/plain")
            return [len(content_of(await workers.rebuild(letter))) for letter in (order(), large, order(), large)]
        finally:
            await workers.close()

    small, large, again, once_more = uvloop.run(story())
    assert (small, large) == (again, once_more)
    assert large > 2_000_000


async def test_large_letters_pass_without_shared_memory_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SharedBuffer, "new", lambda: SharedBuffer(None))
    workers = Workers(SETTINGS)
    await workers.open()
    try:
        assert len(content_of(await workers.rebuild(order(b"words\r\n" * 100_000)))) > 600_000
    finally:
        await workers.close()


async def test_a_worker_whose_answer_is_not_in_the_buffer_is_replaced(workers: Workers) -> None:
    await workers.rebuild(order())
    (worker,) = workers._all
    take = worker._buffer.take
    worker._buffer.take = lambda *lengths: take(*lengths, 1)  # type: ignore[method-assign]
    assert isinstance(await workers.rebuild(order(b"words\r\n" * 100_000)), Rebuilt)
    assert worker not in workers._all


@pytest.mark.parametrize("lengths", [(3,), (5,), (2, 3), (1 << 40,), ((1 << 64) - 1,), (1 << 63, 1 << 63)])
def test_no_room_is_made_for_lengths_that_are_not_there(lengths: tuple[int, ...]) -> None:
    buffer = SharedBuffer.new()
    assert buffer.put(b"fo", b"ur")
    with pytest.raises(OSError):
        buffer.take(*lengths)
    assert buffer.take(1, 3) == [b"f", b"our"]
    buffer.close()


async def test_what_a_worker_had_is_given_back_to_the_system() -> None:
    for _ in range(2):  # the first time, things are opened that stay
        before = len(list(Path("/proc/self/fd").iterdir()))
        workers = Workers(SETTINGS)
        await workers.open()
        await workers.rebuild(order(b"words\r\n" * 100_000))
        (worker,) = workers._all
        assert os.fstat(worker._buffer._descriptor or 0).st_size == 0, "it is empty again"
        await workers.close()
        await asyncio.sleep(0)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


async def test_the_server_goes_before_its_workers(workers: Workers) -> None:
    await workers.rebuild(order())
    (worker,) = workers._all
    assert os.getpriority(os.PRIO_PROCESS, worker.process.pid) > os.getpriority(os.PRIO_PROCESS, 0)


async def test_letters_share_the_workers_and_each_gets_its_own_answer() -> None:
    workers = Workers(replace(SETTINGS, count=2))
    await workers.open()
    try:
        answers = await asyncio.gather(*(workers.rebuild(order(f"number {n}.".encode())) for n in range(50)))
    finally:
        await workers.close()
    assert all(f"number {n}.".encode() in content_of(answer) for n, answer in enumerate(answers))


def test_what_libraries_say_about_a_letter_is_heard_by_nobody() -> None:
    loud = "import logging, os, sys, warnings; logging.error('canary'); warnings.warn('canary'); "
    loud += "os.write(2, b'canary'); print('canary'); sys.stderr.write('canary'); sys.stdout.flush()"
    silent = "from relay.workers.process import be_silent; be_silent(); " + loud
    for program, heard in ((silent, False), (loud, True)):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
        assert (b"canary" in done.stdout + done.stderr) is heard
