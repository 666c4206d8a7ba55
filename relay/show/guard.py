"""Decides which requests are answered, and which headers go with every answer, so that no other site can reach in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from relay.show.form import Form
from relay.show.http import Request

_POLICY = "default-src 'none'; base-uri 'none'"
PAGE = "; ".join(
    (
        *(_POLICY, "style-src 'self'", "script-src 'self'", "img-src data:", "frame-src 'self'"),
        *("form-action 'self'", "frame-ancestors 'none'"),
    )
)
"""Content-Security-Policy of the page: nothing but its own style sheet, script, frames and form."""
LETTER = f"{_POLICY}; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
"""Content-Security-Policy of a formatted letter: its own inline styles and nothing else, in a sandbox."""
FILE = f"{_POLICY}; sandbox"

_SAFE = {"GET", "HEAD"}


def headers(policy: str) -> Mapping[str, str]:
    """The headers of every answer. Browsers send Origin with a form only if Referrer-Policy is not no-referrer."""
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


@dataclass(frozen=True, slots=True)
class Guard:
    """Knows the ``port`` in use and a secret ``token`` of this run, which is in the form of the page."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def hosts(self) -> tuple[str, ...]:
        """The Host fields that name this server. Another host name that resolves here (DNS rebinding) is not among
        them."""
        return tuple(f"{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]"))

    def refusal(self, request: Request) -> tuple[int, str] | None:
        """Status and reason when a request must not be answered, else None."""
        host = request.headers.get("host", "").lower()
        if host not in self.hosts:
            return 421, f"Open http://{self.hosts[0]}/ instead."
        if request.method in _SAFE:
            return None
        if request.method != "POST":
            return 405, "Only GET and POST are answered here."
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "same-origin")
        if origin not in (None, f"http://{host}") or site != "same-origin":
            return 403, "This form was sent by another site."
        return None

    def is_ours(self, form: Form) -> bool:
        """Whether a form has the token of this run."""
        return secrets.compare_digest(form.fields.get("token", "").encode(), self.token.encode())
