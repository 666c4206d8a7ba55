"""The steps of quickstart: the program must be one that every user can run, and the socket has relay's addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from relay.operations.quickstart.machine import StepError
from relay.operations.quickstart.steps import check_program, with_addresses
from relay.operations.quickstart.wanted import Wanted


def test_a_program_that_leads_into_a_closed_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir(mode=0o700)
    (tmp_path / "root" / "python").touch()
    (tmp_path / "python").symlink_to(tmp_path / "root" / "python")
    with pytest.raises(StepError, match=r"only root can enter .*install relay in a folder that everybody can read"):
        check_program(tmp_path / "python")
    check_program(Path("/usr/bin/env"))


def test_the_socket_listens_where_relay_would() -> None:
    unit = "[Socket]\nListenStream=0.0.0.0:25\nBacklog=1\n"
    wanted = Wanted("relay.test", "relay.test", ipv6=True)
    assert with_addresses(unit, wanted) == "[Socket]\nListenStream=0.0.0.0:25\nListenStream=[::]:25\nBacklog=1\n"
    behind = Wanted("relay.test", "mx.relay.test", behind_postfix=True)
    assert with_addresses(unit, behind) == "[Socket]\nListenStream=127.0.0.1:8025\nBacklog=1\n"
