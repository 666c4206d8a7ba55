"""relay.toml and the environment are read into Settings, or give a list of all errors."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.settings import Address, AuthenticitySettings, Settings, SmtpSettings
from relay.settings_file import SettingsError, all_keys, load, startable
from relay.settings_values import WrongValueError, host_name, read_value
from relay.shipped import shipped


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    return tmp_path / "relay.toml"


def errors_of(path: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load(path, environ or {})
    return caught.value.errors


def test_the_shipped_file_explains_every_setting_and_agrees_with_the_defaults() -> None:
    path = shipped("config") / "relay.toml"
    assert load(path, {}) == Settings("relay.example.org")
    section, explained = "", []
    comment = False
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            section, comment = line.strip("[]") + ".", False
        elif line.startswith("#"):
            comment = True
        elif not line:
            comment = False
        else:
            assert comment, f"nothing explains {section}{line}"
            explained.append(section + line.partition(" =")[0])
    assert explained == all_keys()


def test_the_values_in_the_file_are_read(toml: Path) -> None:
    toml.write_text(
        """
        domain = "Relay.Example.ORG."
        limits.recipients = 0
        [smtp]
        listen = [
            "127.0.0.1:8025",
            "[::1]:8025",
        ]
        max_message_size = "1.5 MiB"
        worker_memory = 1000
        [dns]
        nameservers = ["127.0.0.1:5353"]
        [delivery]
        smarthost = "mail.example.org:587"
        retry_after = ["1s", "2m", 90]
        give_up_after = "2d"
        [programme]
        name = "Møtestedet"
        """,
        "utf-8",
    )
    found = load(toml, {})
    assert found.domain == "relay.example.org"
    assert found.smtp.listen == (Address("127.0.0.1", 8025), Address("::1", 8025))
    assert [str(address) for address in found.smtp.listen] == ["127.0.0.1:8025", "[::1]:8025"]
    assert found.smtp.max_message_size == 1536 * 1024
    assert found.smtp.worker_memory == 1000
    assert found.dns.nameservers == (Address("127.0.0.1", 5353),)
    assert found.delivery.smarthost == Address("mail.example.org", 587)
    assert found.delivery.retry_after == (1.0, 120.0, 90.0)
    assert found.delivery.give_up_after == 2 * 86400
    assert found.limits.recipients == 0
    assert found.programme.name == "Møtestedet"


def test_all_errors_are_reported_at_once_each_with_its_line(toml: Path) -> None:
    text = """domain = "relay.test"
[smtp]
listen = ["127.0.0.1:8025",
          "everywhere"]
hostnme = "mx.relay.test"
[delivery]
concurrency = "many"
timeout = "soon"
listen = ["127.0.0.1:1"]
[colours]
sky = "blue"
[store]
content = "some"
"""
    assert errors_of(toml, text, {"RELAY_LIMITS__RECIPIENTS": "-1"}) == [
        "relay.toml:5: smtp.hostnme is no setting; did you mean smtp.hostname?",
        "relay.toml:9: delivery.listen is no setting; did you mean smtp.listen?",
        "relay.toml:11: colours.sky is no setting",
        'relay.toml:3: smtp.listen must be host:port, such as "127.0.0.1:25" or "[::1]:25"',
        "relay.toml:7: delivery.concurrency must be a whole number, 1 or more, such as 20",
        'relay.toml:8: delivery.timeout must be more than nothing, with its unit, such as "60s", "5m" or "3d"',
        'relay.toml:13: store.content must be one of "kept", "none"',
        "RELAY_LIMITS__RECIPIENTS must be a whole number, 0 or more, such as 20",
    ]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", 'relay.toml: domain is missing; say where pair addresses live: domain = "relay.example.org"'),
        (
            'domain = "localhost"',
            'relay.toml:1: domain must be a host name with a dot in it, such as "relay.example.org"',
        ),
        ('domain = "a.test"\nsmtp = 3', "relay.toml:2: smtp must be a section of its own: [smtp]"),
        (
            'domain = "a.test"\n[limits]\nrecipients = true',
            "relay.toml:3: limits.recipients must be a whole number, 0 or more, such as 20",
        ),
        (
            'domain = "a.test"\n[smtp]\nlisten = "127.0.0.1:1"',
            'relay.toml:3: smtp.listen must be a list, such as ["127.0.0.1:8025"]',
        ),
        (
            'domain = "a.test"\n[delivery]\nretry_after = []',
            'relay.toml:3: delivery.retry_after must name at least one wait, such as ["1m"]',
        ),
        (
            'domain = "a.test"\n[dns]\nnameservers = ["ns.test:53"]',
            'relay.toml:3: dns.nameservers must be IP addresses with ports, such as ["127.0.0.1:53"]',
        ),
        (
            'domain = "a.test"\n[programme]\noperator = "me@A.test"',
            "relay.toml:3: programme.operator must be an address outside a.test: mail for it would only come back here",
        ),
        *(
            (
                f'domain = "a.test"\n[programme]\n{key} = "me@mail.{top}"',
                f"relay.toml:3: programme.{key} must be one address that mail can be sent to, such as "
                '"operator@example.org": the part after the @-sign is a special-use or reserved name that cannot be '
                "used with email",
            )
            for key, top in (("operator", "local"), ("operator", "onion"), ("help", "invalid"))
        ),
        (
            'domain = "a.test"\n[dkim]\nrsa_selector = "../secret"',
            'relay.toml:3: dkim.rsa_selector must be a DKIM selector, such as "relay-rsa"',
        ),
        (
            'domain = "a.test"\n[dkim]\nrsa_selector = "relay-ed25519"',
            "relay.toml:3: dkim.rsa_selector must differ from the other selector: each names one key in DNS",
        ),
    ],
)
def test_a_wrong_value_is_an_error_with_an_example(toml: Path, text: str, error: str) -> None:
    assert errors_of(toml, text) == [error]


@pytest.mark.parametrize("words", ["help@a.test", "Call us: 0800 1234.", "Ask at info@b.local, or at the desk.", ""])
def test_help_is_an_address_or_a_sentence(toml: Path, words: str) -> None:
    toml.write_text(f'domain = "a.test"\n[programme]\nhelp = "{words}"\noperator = "Me@Bücher.example"')
    found = load(toml, {}).programme
    assert (found.help, found.operator) == (words, "Me@xn--bcher-kva.example")


def test_invalid_toml_is_an_error_with_its_line(toml: Path) -> None:
    (error,) = errors_of(toml, 'domain = "a.test"\n[smtp\n')
    assert error.startswith("relay.toml:2: ")
    assert "not valid TOML" in error


def test_a_missing_file_and_a_file_in_another_encoding_are_errors(toml: Path) -> None:
    with pytest.raises(SettingsError, match="there is no such file; relay init makes one"):
        load(toml, {})
    toml.write_bytes("domain = 'müller.test'".encode("latin-1"))
    with pytest.raises(SettingsError, match="is not UTF-8"):
        load(toml, {})


def test_the_environment_overrides_the_file(toml: Path) -> None:
    toml.write_text('domain = "a.test"\n[delivery]\nsmarthost = "127.0.0.1:25"\nconcurrency = 3\n')
    found = load(
        toml,
        {
            "RELAY_DOMAIN": "b.test",
            "RELAY_DELIVERY__SMARTHOST": "",
            "RELAY_DELIVERY__RETRY_AFTER": '["1s", "2s"]',
            "RELAY_SMTP__LISTEN": '["127.0.0.1:2525"]',
            "RELAY_SMTP__MAX_MESSAGE_SIZE": "2000",
            "RELAY_LIMITS__RECIPIENTS": "7",
            "RELAY_HOME": "/somewhere",
            "RELAY_VENV": "/elsewhere",
            "PATH": "/bin",
        },
    )
    assert found.domain == "b.test"
    assert found.delivery.smarthost is None
    assert found.delivery.concurrency == 3
    assert found.delivery.retry_after == (1.0, 2.0)
    assert found.smtp.listen == (Address("127.0.0.1", 2525),)
    assert found.smtp.max_message_size == 2000
    assert found.limits.recipients == 7


def test_a_variable_that_is_no_setting_or_no_json_is_an_error(toml: Path) -> None:
    environ = {"RELAY_DELIVERY__SMARTHOTS": "x:1", "RELAY_DELIVERY__RETRY_AFTER": "1s,2s", "RELAY_SMTP__LISTEN": "[1]"}
    assert errors_of(toml, 'domain = "a.test"', environ) == [
        "RELAY_DELIVERY__SMARTHOTS is no setting; did you mean RELAY_DELIVERY__SMARTHOST?",
        'RELAY_DELIVERY__RETRY_AFTER must be a list, such as ["1m", "5m"]',
        'RELAY_SMTP__LISTEN must be host:port, such as "127.0.0.1:25" or "[::1]:25"',
    ]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("relay.test", "relay.test"),
        ("x.invalid", "x.invalid"),
        ("mail.example", "mail.example"),
        ("Bücher.example", "xn--bcher-kva.example"),
        ("a.b-c.org.", "a.b-c.org"),
    ],
)
def test_a_host_name_is_normalised(written: str, name: str) -> None:
    assert host_name(written) == name


@pytest.mark.parametrize("written", ["", "org", "-a.org", "a..org", "a b.org", "1.2.3.4", "x" * 64 + ".org", "a.org/b"])
def test_text_that_is_no_host_name_is_refused(written: str) -> None:
    with pytest.raises(WrongValueError):
        host_name(written)


@pytest.mark.parametrize(
    "written", ["a", "a:0", "a:65536", ":25", "::1:25", "[::1]", "a:b", "a b:1", "", "me@a.org:25"]
)
def test_text_that_is_no_host_and_port_is_refused(written: str) -> None:
    with pytest.raises(WrongValueError):
        read_value(Address, written)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_any_value_is_read_or_refused_with_a_message(value: object) -> None:
    hints = [
        kind
        for section in (SmtpSettings, AuthenticitySettings)
        for kind in __import__("typing").get_type_hints(section, include_extras=True).values()
    ]
    for kind in hints:
        try:
            read_value(kind, value)
        except WrongValueError as wrong:
            assert str(wrong)


def settings_with(**smtp: object) -> Settings:
    return Settings("a.test", SmtpSettings(**smtp), AuthenticitySettings(verify="none"))  # type: ignore[arg-type]


def test_with_verify_none_relay_starts_only_on_loopback() -> None:
    loopback = (Address("127.0.0.1", 25), Address("::1", 25), Address("127.8.8.8", 25), Address("localhost", 25))
    assert startable(settings_with(listen=loopback)) == []
    for host in ("0.0.0.0", "::", "192.0.2.1", "mail.example.org"):
        (reason,) = startable(settings_with(listen=(Address(host, 25),)))
        assert "anybody who reaches it can write as anybody" in reason


def proving(verify: str, host: str, authserv_id: str = "") -> Settings:
    authenticity = AuthenticitySettings(verify=verify, authserv_id=authserv_id)
    return dataclasses.replace(settings_with(listen=(Address(host, 25),)), authenticity=authenticity)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "mail.example.org", "127.0.0.1"])
def test_with_verify_self_relay_may_listen_anywhere(host: str) -> None:
    assert startable(proving("self", host)) == []


def test_with_verify_upstream_the_authserv_id_is_required() -> None:
    (reason,) = startable(proving("upstream", "127.0.0.1"))
    assert "needs authenticity.authserv_id" in reason


def test_with_received_by_the_tenant_is_required(toml: Path) -> None:
    border = AuthenticitySettings(verify="upstream", received_by="mail.protection.outlook.com")
    settings = dataclasses.replace(settings_with(listen=(Address("10.0.0.1", 25),)), authenticity=border)
    (reason,) = startable(settings)
    assert "needs authenticity.tenant" in reason
    named = dataclasses.replace(border, tenant="0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0")
    assert startable(dataclasses.replace(settings, authenticity=named)) == []
    (wrong,) = errors_of(toml, 'domain = "a.test"\n[authenticity]\ntenant = "contoso"\n')
    assert "must be the id of a tenant" in wrong


def test_with_verify_upstream_relay_listens_only_on_private_addresses() -> None:
    for host in ("127.0.0.1", "::1", "localhost", "10.1.2.3", "fd00::1"):
        assert startable(proving("upstream", host, "mx.a.test")) == []
    for host in ("0.0.0.0", "::", "8.8.8.8", "mail.example.org"):
        (reason,) = startable(proving("upstream", host, "mx.a.test"))
        assert "anybody who reaches it can write as anybody" in reason


def test_trusted_forwarders_are_domains(toml: Path) -> None:
    toml.write_text('domain = "a.test"\n[authenticity]\ntrusted_forwarders = ["Lists.Example.org"]\n')
    assert load(toml, {}).authenticity.trusted_forwarders == ("lists.example.org",)
    (wrong,) = errors_of(toml, 'domain = "a.test"\n[authenticity]\ntrusted_forwarders = "lists.example.org"\n')
    assert 'must be a list, such as ["forwarder.example"]' in wrong


def test_relay_does_not_start_with_half_a_certificate_or_without_a_listen_address() -> None:
    (half,) = startable(settings_with(tls_certificate="cert.pem"))
    assert "belong together" in half
    (no_address,) = startable(settings_with(listen=()))
    assert "smtp.listen is empty" in no_address


def test_coordinators_of_cohorts_are_named_once_each(toml: Path) -> None:
    toml.write_text('domain = "r.example"\n[programme]\ncoordinators = ["spring  2026:A@B.example"]\n')
    assert load(toml, {}).programme.coordinators == ("spring 2026: A@b.example",)
    for written, said in (
        ('["spring"]', 'must be a list of cohorts with addresses, such as ["spring 2026: anna@example.org"]'),
        ('["s: a@b.example", "s: c@d.example"]', "names a cohort twice"),
        ('["s: a@r.example"]', "must be addresses outside r.example: mail for them would only come back here"),
    ):
        text = f'domain = "r.example"\n[programme]\ncoordinators = {written}\n'
        assert errors_of(toml, text) == [f"relay.toml:3: programme.coordinators {said}"]


def test_true_and_false_are_read_from_file_and_environment(toml: Path) -> None:
    toml.write_text('domain = "r.example"\n[programme]\ndiscreet = true\n')
    assert load(toml, {}).programme.discreet is True
    assert load(toml, {"RELAY_PROGRAMME__DISCREET": "false"}).programme.discreet is False
    text = 'domain = "r.example"\n[programme]\ndiscreet = "yes"\n'
    assert errors_of(toml, text) == ["relay.toml:3: programme.discreet must be true or false, without quotes"]


@pytest.mark.parametrize("text", ["9-17", "21:00", "21:00-21:00", "25:00-07:00"])
def test_quiet_hours_are_two_times_of_day(toml: Path, text: str) -> None:
    (error,) = errors_of(toml, f'domain = "r.example"\n[programme]\nquiet_hours = "{text}"\n')
    assert "must be a time of day from and to" in error
