"""The metrics are there before the first letter, and the shipped dashboard and alerts name only metrics that exist."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from relay import __version__, refusals
from relay.anonymise.removal_kinds import KINDS
from relay.home import Home
from relay.monitoring.metrics import Metrics, Readings
from relay.operations.readings import certificate_end, readings
from relay.settings import Settings, SmtpSettings
from relay.store import Store

from ..conftest import Authority

CONFIG = Path(__file__).parents[2] / "config" / "packaging"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
READINGS = Readings({"queued": (2, 60.0)}, suspended=3, late_jobs=1, free_octets=4096)


def page(metrics: Metrics | None = None) -> dict[str, float]:
    """Each sample of the page, such as 'relay_queue{state="held"}', with its value."""
    lines = (metrics or Metrics()).page(READINGS).decode().splitlines()
    samples = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in samples}


def test_the_version_is_a_metric_of_value_1() -> None:
    assert page()[f'relay_build_info{{version="{__version__}"}}'] == 1


def test_counters_begin_with_0_for_every_value_that_they_can_have() -> None:
    samples = page()
    for name in ("accepted", "error", "StillIdentifying", "NotTheirAlias", "StoreFull", "LooksBulk"):
        assert samples[f'relay_letters_total{{answer="{name}"}}'] == 0
    assert {f'relay_removals_total{{kind="{kind}"}}' for kind in KINDS} <= samples.keys()
    for outcome in ("sent", "deferred", "failed"):
        assert samples[f'relay_delivery_tries_total{{outcome="{outcome}"}}'] == 0
    counted = {re.findall(r'"(\w+)"', name)[0] for name in samples if name.startswith("relay_letters_total")}
    kinds = [kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, refusals.Refusal)]
    assert {kind.__name__ for kind in kinds} - counted == {"Refusal", "Permanent", "Transient", "Stranger"}


def test_gauges_show_the_readings() -> None:
    metrics = Metrics()
    metrics.certificate_ends(NOW)
    samples = page(metrics)
    assert samples['relay_queue{state="queued"}'] == 2
    assert samples['relay_queue{state="held"}'] == 0
    assert samples["relay_members_suspended"] == 3
    assert samples["relay_jobs_late"] == 1
    assert samples["relay_disk_free_bytes"] == 4096
    assert samples["relay_certificate_end_seconds"] == NOW.timestamp()
    assert page()["relay_certificate_end_seconds"] == 0


async def test_a_job_that_should_have_run_ten_minutes_ago_is_late(home: Home) -> None:
    store = await Store.open(home.db, home.read_vault())
    await store.jobs.plan("forget old", "", NOW)
    seen = [(await readings(home, store, NOW + timedelta(minutes=after))).late_jobs for after in (1, 9, 11)]
    await store.jobs.claim(["forget old"], NOW + timedelta(minutes=11), timedelta(minutes=5))
    seen.append((await readings(home, store, NOW + timedelta(minutes=12))).late_jobs)
    await store.close()
    assert seen == [0, 0, 1, 0]


def test_the_end_of_the_certificate_is_read_from_its_file(tmp_path: Path, authority: Authority) -> None:
    home = Home(tmp_path)
    issued = authority.issue("mx.relay.test")
    found = certificate_end(home, Settings("relay.test", smtp=SmtpSettings(tls_certificate=str(issued.file))))
    assert found == issued.certificate.not_valid_after_utc
    assert certificate_end(home, Settings("relay.test")) is None
    assert certificate_end(home, Settings("relay.test", smtp=SmtpSettings(tls_certificate="none.pem"))) is None


@pytest.mark.parametrize("file", ["grafana.json", "prometheus-alerts.yml"])
def test_every_metric_of_a_shipped_file_exists(file: str) -> None:
    asked = set(re.findall(r"\brelay_[a-z_]+", (CONFIG / file).read_text()))
    assert asked - {name.partition("{")[0] for name in page()} == set()
    assert len(asked) > 5


def test_every_value_of_a_label_that_an_alert_names_exists() -> None:
    samples = page()
    named = re.findall(r'(relay_\w+)\{(\w+)=~?"([\w|]+)"\}', (CONFIG / "prometheus-alerts.yml").read_text())
    wanted = {f'{metric}{{{label}="{value}"}}' for metric, label, values in named for value in values.split("|")}
    assert len(wanted) > 5
    assert wanted - samples.keys() == set()


def test_the_dashboard_is_json_with_panels_that_do_not_overlap() -> None:
    places = [panel["gridPos"] for panel in json.loads((CONFIG / "grafana.json").read_text())["panels"]]
    covered = [
        (x, y) for it in places for x in range(it["x"], it["x"] + it["w"]) for y in range(it["y"], it["y"] + it["h"])
    ]
    assert len(set(covered)) == len(covered) > 100
