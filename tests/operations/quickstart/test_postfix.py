"""The settings of Postfix: those of the page, joined with what main.cf has; only addresses relay makes are accepted."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from relay.mentoring.pseudonyms import ADJECTIVES, NOUNS
from relay.operations.quickstart.postfix import Line, lines, needed
from relay.operations.quickstart.wanted import Wanted
from relay.policy.recipients import (
    confirmation,
    conversation,
    invitation,
    new_alias,
    new_token,
    reports_address,
    return_path,
)

PAGE = Path(__file__).resolve().parents[3] / "docs" / "behind-another-server.md"
D = "relay.example.org"
WANTED = Wanted(D, f"mx.{D}", behind_postfix=True)
POSTMAP = shutil.which("postmap", path=f"{os.environ['PATH']}:/usr/sbin")
HAVE = {"myhostname": f"mx.{D}"}


def changes(**current: str) -> dict[str, Line]:
    return {line.name: line for line in lines(WANTED, HAVE | current, "localhost")}


def test_the_settings_are_those_of_the_page() -> None:
    written = re.findall(r"^postconf -e '(\w+) = (.*)'$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert dict(written) == needed(WANTED)


@pytest.mark.parametrize(
    ("name", "have", "becomes"),
    [
        ("relay_domains", "a.example", f"a.example, {D}"),
        ("relay_domains", f"x{D}", f"x{D}, {D}"),
        ("transport_maps", "hash:/etc/x", f"inline:{{ {D}=smtp:[127.0.0.1]:8025 }}, hash:/etc/x"),
        ("smtpd_milters", "inet:127.0.0.1:8891", "inet:127.0.0.1:8891, inet:127.0.0.1:8893"),
        ("message_size_limit", "10240000", "26214400"),
    ],
)  # fmt: skip
def test_what_main_cf_has_is_kept(name: str, have: str, becomes: str) -> None:
    assert changes(**{name: have})[name].value == becomes


@pytest.mark.parametrize("size", ["0", "52428800"])
def test_a_larger_size_is_kept(size: str) -> None:
    assert "message_size_limit" not in changes(message_size_limit=size)


def test_nothing_is_to_change_in_what_was_changed() -> None:
    assert list(lines(WANTED, HAVE | {line.name: line.value for line in changes().values()}, "localhost")) == []


def test_a_postfix_for_local_mail_only_is_opened() -> None:
    found = changes(inet_interfaces="loopback-only", default_transport="error: outside mail is not deliverable")
    assert (found["inet_interfaces"].value, found["default_transport"].value) == ("all", "smtp")
    assert not {"inet_interfaces", "default_transport"} & set(changes(inet_interfaces="all"))


def test_mail_of_other_domains_is_not_refused_by_the_new_table() -> None:
    assert "refuse mail to a.example" in changes(relay_domains="a.example")["relay_recipient_maps"].by_hand


def test_the_domain_leaves_mydestination() -> None:
    (line,) = [one for one in lines(WANTED, HAVE, f"mx.{D}, {D.upper()} localhost") if one.name == "mydestination"]
    assert line.value == f"mx.{D}, localhost"


@pytest.mark.skipif(POSTMAP is None, reason="needs postmap")
def test_postfix_accepts_what_relay_makes_and_refuses_the_rest(tmp_path: Path) -> None:
    assert POSTMAP is not None
    (tmp_path / "main.cf").touch()
    longest = f"{max(ADJECTIVES, key=len)} {max(NOUNS, key=len)}".title()
    made = [new_alias(name, D) for name in (longest, "Zoë 2", "安")]
    made += [make(new_token(), D) for make in (return_path, confirmation, invitation, conversation)]
    made += [reports_address(D), f"postmaster@{D}"]
    strangers = [f"info@{D}", f"quiet-river.short@{D}", f"b-1@{D}", f"postmaster2@{D}", f"a.b@{D}"]
    table = needed(WANTED)["relay_recipient_maps"]
    command = [POSTMAP, "-c", str(tmp_path), "-q", "-", table]
    done = subprocess.run(command, input="\n".join([*made, *strangers, ""]), capture_output=True, text=True, check=True)
    assert [line.split()[0] for line in done.stdout.splitlines()] == made
