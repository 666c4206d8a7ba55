"""What relay quickstart is asked for, and the settings that follow from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from relay.settings import Address, Settings
from relay.settings_file import load
from relay.shipped import shipped

USER = "relay"
HOME = "/var/lib/relay"


@dataclass(frozen=True, slots=True)
class Wanted:
    """``hostname`` is the name that the MX record names: of relay, or with ``behind_postfix`` of Postfix. ``ipv6``:
    this machine has IPv6."""

    domain: str
    hostname: str
    behind_postfix: bool = False
    operator: str = ""
    programme: str = ""
    ipv6: bool = False

    @property
    def listen(self) -> tuple[Address, ...]:
        """Where relay listens."""
        if self.behind_postfix:
            return (Address("127.0.0.1", 8025),)
        return (Address("0.0.0.0", 25), *((Address("::", 25),) if self.ipv6 else ()))  # noqa: S104 -- mail from anywhere

    def values(self) -> dict[str, object]:
        """Setting → value, of those that differ from the shipped relay.toml."""
        values: dict[str, object] = {"smtp.listen": [str(one) for one in self.listen]}
        if self.hostname != self.domain:
            values["smtp.hostname"] = self.hostname
        if self.behind_postfix:
            values |= {
                "authenticity.verify": "upstream",
                "authenticity.authserv_id": self.hostname,
                "delivery.smarthost": "127.0.0.1:25",
            }
        if self.operator:
            values["programme.operator"] = self.operator
        if self.programme:
            values["programme.name"] = self.programme
        return values

    def settings(self) -> Settings:
        """The settings of a new home. Raises SettingsError with all that is wrong."""
        return load(shipped("config") / "relay.toml", environment(self.domain, self.values()))


def environment(domain: str, values: Mapping[str, object]) -> dict[str, str]:
    """The same settings as RELAY_… variables."""
    named = {f"RELAY_{key.upper().replace('.', '__')}": value for key, value in values.items()}
    return {"RELAY_DOMAIN": domain} | {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in named.items()
    }
