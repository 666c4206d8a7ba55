"""The examples at the top of every --help. Python and no TOML file, because --help must answer at once.

Each is tested to parse (tests/cli/test_help.py). k7f3q2xw is a pair, 8b42334226fa a letter, n9gkvr96vqnst a delivery.
"""

from __future__ import annotations

# the path of a verb without "relay" → command lines
EXAMPLES: dict[str, tuple[str, ...]] = {
    "": (
        "relay quickstart relay.example.org",
        "relay pair create --mentor anna@example.org --mentee omar@example.net",
    ),
    "quickstart": (
        "relay quickstart relay.example.org --dry-run",
        "relay quickstart relay.example.org --behind-postfix",
    ),
    "init": ("relay --home /var/lib/relay init --domain relay.example.org --smarthost 127.0.0.1:25",),
    "serve": ("relay --home /var/lib/relay serve",),
    "pair": (
        "relay pair list",
        "relay pair show k7f3q2xw",
    ),
    "pair create": (
        "relay pair create --mentor anna@example.org --mentee omar@example.net",
        'relay pair create --mentor anna@example.org --mentee omar@example.net --mentor-known-as "Anna Berg"',
    ),
    "pair import": (
        "relay pair import people.csv --dry-run",
        "relay pair import people.csv",
    ),
    "pair list": (
        "relay pair list",
        "relay pair list --cohort spring --silent-for 30d",
    ),
    "pair welcome": ("relay pair welcome k7f3q2xw mentee",),
    "pair set-cohort": ("relay pair set-cohort k7f3q2xw spring",),
    "pair show": ("relay pair show k7f3q2xw",),
    "pair export": ("relay pair export > pairs.csv",),
    "pair pause": ("relay pair pause k7f3q2xw",),
    "pair resume": ("relay pair resume k7f3q2xw",),
    "pair end": ("relay pair end k7f3q2xw", "relay pair end k7f3q2xw --silent --yes"),
    "pair hold-legal": (
        'relay pair hold-legal k7f3q2xw on --reason "court order 12/2026, asked by the director"',
        'relay pair hold-legal k7f3q2xw off --reason "the case is closed"',
    ),
    "pair invite": ("relay pair invite k7f3q2xw",),
    "pair replace": ("relay pair replace k7f3q2xw --mentor eva@example.org",),
    "member": (
        "relay member list",
        "relay member show k7f3q2xw mentor",
    ),
    "member list": (
        "relay member list",
        "relay member list --suspended",
    ),
    "member show": (
        "relay member show k7f3q2xw mentor",
        'relay member show k7f3q2xw mentor --reveal --reason "asked us for a new address"',
    ),
    "member add-address": ("relay member add-address k7f3q2xw mentor anna@work.example",),
    "member known-as": (
        'relay member known-as k7f3q2xw mentor add "Anna Berg"',
        'relay member known-as k7f3q2xw mentor test "Regards, Anna"',
    ),
    "member rename": ('relay member rename k7f3q2xw mentor "Ana Berg" "Anna Berg"',),
    "member guardian": ("relay member guardian k7f3q2xw mentee mother@example.net",),
    "member set-primary": ("relay member set-primary k7f3q2xw mentor anna@work.example",),
    "member set-language": ("relay member set-language k7f3q2xw mentee ar",),
    "member export": (
        'relay member export k7f3q2xw mentee --reason "asked for it by telephone"',
        'relay member export omar@example.net --reason "asked for it" --out omar.zip',
    ),
    "member time-zone": ("relay member time-zone k7f3q2xw mentee Africa/Nairobi",),
    "member discreet": ("relay member discreet k7f3q2xw mentee on",),
    "member away": ("relay member away k7f3q2xw mentor --until 2027-02-09",),
    "member vacation": ("relay member vacation k7f3q2xw mentor on",),
    "member forget": ("relay member forget k7f3q2xw mentee",),
    "member resume": ("relay member resume omar@example.net",),
    "roles": (
        "relay roles list",
        "relay roles ask",
    ),
    "roles list": ("relay roles list",),
    "roles ask": (
        "relay roles ask",
        "relay roles ask --again",
    ),
    "status": (
        "relay status",
        "relay status --json",
    ),
    "log": (
        "relay log list --since 1d",
        "relay log show 8b42334226fa",
    ),
    "log list": (
        "relay log list --since 1d",
        "relay log list --pair k7f3q2xw --limit 20",
    ),
    "log events": ("relay log events --pair k7f3q2xw",),
    "log show": (
        "relay log show 8b42334226fa",
        'relay log show 8b42334226fa --letter --reason "the author asked"',
    ),
    "log export": ("relay log export > journal.jsonl",),
    "queue": (
        "relay queue list",
        "relay queue retry --all",
    ),
    "queue list": ("relay queue list",),
    "queue show": ("relay queue show n9gkvr96vqnst",),
    "queue retry": (
        "relay queue retry n9gkvr96vqnst",
        "relay queue retry --all",
    ),
    "queue hold": ("relay queue hold n9gkvr96vqnst",),
    "queue release": ("relay queue release n9gkvr96vqnst",),
    "queue drop": ("relay queue drop n9gkvr96vqnst",),
    "jobs": ("relay jobs list --until +1d",),
    "jobs list": ("relay jobs list --until +1d",),
    "held": (
        "relay held list",
        "relay held release n9gkvr96vqnst",
    ),
    "held list": ("relay held list",),
    "held show": ("relay held show n9gkvr96vqnst",),
    "held release": ('relay held release n9gkvr96vqnst --reason "the words are about a shop, not about the author"',),
    "held refuse": ('relay held refuse n9gkvr96vqnst --reason "holds a telephone number"',),
    "letters": (
        "relay letters list",
        "relay letters show welcome",
    ),
    "letters list": (
        "relay letters list",
        "relay letters list --html letters.html",
    ),
    "letters show": ("relay letters show welcome --language fr",),
    "report": (
        "relay report list",
        "relay report processing",
    ),
    "report list": (
        "relay report list",
        "relay report list --all --json",
    ),
    "report processing": (
        "relay report processing",
        "relay report processing record.md",
    ),
    "preview": (
        'relay preview letter.eml --known-as "Anna Berg"',
        "relay preview letter.eml --pair k7f3q2xw --side mentor",
    ),
    "show": ("relay show", "relay show --port 0 --language fr"),
    "rehearse": ("relay rehearse --until +14d --script script.jsonl --out rehearsal",),
    "dns": (
        "relay dns records",
        "relay dns check",
    ),
    "dns records": ("relay dns records",),
    "dns check": ("relay dns check",),
    "dkim": ("relay dkim rotate --dry-run",),
    "dkim rotate": (
        "relay dkim rotate --dry-run",
        "relay dkim rotate --yes",
    ),
    "store": ("relay store copy sqlite:relay.db postgresql://relay@db.example/relay",),
    "store copy": ("relay store copy sqlite:relay.db postgresql://relay@db.example/relay",),
    "vault": ("relay vault rotate --dry-run",),
    "vault rotate": (
        "relay vault rotate --dry-run",
        "relay vault rotate --yes",
    ),
    "backup": ("relay backup /srv/backup/relay-monday",),
    "restore": ("relay --home /var/lib/relay restore relay-monday --hold",),
    "check": ("relay check",),
    "help": (
        "relay help",
        "relay help first-pair",
        "relay help pair create",
    ),
    "completion": ("relay completion bash > /etc/bash_completion.d/relay",),
}
