"""Phrases of automatic mail: subjects, openings, and reasons for failures.

Alternatives are separated by " | " or a line's end; a space stands for any white space.
"""

from __future__ import annotations

import re


def _any_of(alternatives: str, *, before: str = "", after: str = "") -> re.Pattern[str]:
    """A pattern that finds any of ``alternatives``, in any case, between ``before`` and ``after``."""
    found = [one.strip() for line in alternatives.splitlines() for one in line.split(" | ") if one.strip()]
    joined = "|".join(one.replace(" ?", r"\s*").replace(" ", r"\s+") for one in found)
    return re.compile(f"{before}(?:{joined}){after}", re.IGNORECASE | re.MULTILINE | re.DOTALL)


MACHINE_NAMES = re.compile(
    r"(?:mailer-?daemon|mail-?daemon|post-?master|no-?reply|do-?not-?reply|bounces?|auto-?reply|autoresponder)"
    r"(?:[-+._=].*)?$",
    re.IGNORECASE,
)
"""Local parts that no person writes from."""

FAILURE_SUBJECT = _any_of(
    r"""
    undeliver(?:able|ed)\b | un(?: )?deliverable | returned (?:mail|to sender) | mail returned
    failure (?:notice|delivery)
    (?:mail|message|e-?mail)? ?deliver(?:y|ing)? (?:\w+ )?(?:status|has failed|failed|failure|report|problem|error)
    delivery (?:failure|failed|error|notification|has failed|incomplete) | failed (?:delivery|mail)
    mail delivery warning | re: .{0,200}: non remis
    mail failed | (?:mail|message) (?:could not be delivered|delivery (?:failed|failure)|failure)
    mail system error | message (?:delivery has failed|not delivered|could not be delivered) | could not deliver
    mail not delivered | your message .{0,120}could not be delivered
    non-?delivery | there was an error sending your mail | e-?mail bounce notification | error de entrega
    (?:warning: )?(?:message|mail) .{0,60} ?delayed | delayed mail | delivery delayed | delivery (?:is )?delayed
    warning: could not send | expired delivery | nondeliverable | rejected: | unzustellbar | nicht zugestellt
    zustellung (?:fehlgeschlagen|nicht) | unzustellbarkeit | nachricht konnte nicht | non remis
    échec de (?:la )?(?:remise|distribution) | (?:courrier|message) non distribué | non distribuable
    no se puede entregar | no entregad | mensaje no entregado | error en la entrega | devuelto
    non recapitabile | mancata consegna | impossibile recapitare | mancato recapito
    não (?:é possível entregar|entregue) | falha (?:na|de) entrega | onbestelbaar | kan niet worden bezorgd
    niet te bezorgen | nie można dostarczyć | niedostarczon | zwrot wiadomości | kan inte levereras
    olevererbart | kan ikke leveres | ikke levert | toimitus epäonnistui | teslim edilemedi | iletilemeyen
    nedoručiteln | недоставлен | не доставлено | ваше сообщение не | сообщение не доставлено
    не вдалося доставити | 配信不能 | 配送(?:失敗|不能) | 配信できません
    メールを配信 | メッセージを配信
    無法傳遞
    无法(?:送达|投递) | 退信 | 系统退信
    배달되지 | 반송
    """,
    before=r"^\W*",
)

DELAY = _any_of(
    r"""
    still being retried | warning (?:message )?only | \bdelayed\b | \(delay\) | has not yet been delivered
    still trying | will (?:keep|continue) (?:on )?(?:trying|retrying|to be retried) | retried for
    transient (?:non-)?fatal errors | temporary failure report | do not need to resend
    could not send message for past | has been postponed
    noch nicht zugestellt | verzögert | retard(?:é|ée)?\b | retrasad
    in ritardo | vertraagd | задерж | 遅延 | 继续尝试
    """,
)
"""Phrases about a letter that is delayed, not lost."""

FAILURE_OPENING = _any_of(
    r"""
    this is the (?:qmail-send|postfix|mail system|mailer-daemon|dragonfly)
    this message was created automatically by
    i'm (?:afraid i wasn't able to deliver|sorry to have to inform you)
    sorry, we (?:were|are) unable to deliver | we (?:were unable to|had trouble|could not) deliver
    your (?:mail )?message .{0,300}?(?:was not delivered|did not reach|wasn.t delivered)
    your (?:mail )?message .{0,300}?could(?:n.t| not) be delivered
    delivery (?:to the following|has failed|failed|of .{0,80} failed) | the original message was received at
    the following (?:message|mail|recipient|address)\b.{0,120}(?:could not|couldn't|undeliver|errors?|failed)
    the following (?:message|mail|recipient|address)\b.{0,120}rejected
    unable to deliver | message from \S+ unable to | could not be delivered
    (?:an error occurred|there was an error) (?:while )?(?:trying to deliver|delivering)
    (?<!-)-{3,} ?(?:transcript of session|failed recipients) | \*{3,} ?message from interscan
    could not deliver (?:your )?message to | this is an advisory-only e-?mail
    each of the following recipients | message could not be delivered
    \*\* (?:address not found|message (?:not delivered|blocked|delayed)|delivery incomplete) \*\*
    diese nachricht wurde automatisch | ihre nachricht .{0,200}konnte nicht | konnte nicht zugestellt werden
    (?:\*{3,} )?votre message .{0,200}(?:n'a pas pu|n'a pas été) | su mensaje .{0,200}no (?:se )?(?:pudo|ha podido)
    impossibile recapitare | ваше сообщение .{0,200}не | не удалось доставить | エラーのため送信できませんでした
    """,
    before=r"(?:hi[.!]\s+)?",
)

COPY_BELOW = _any_of(
    r"""
    this is a copy of | below this line | original message | message headers follow | unsent message
    enclosed is | undelivered message | bounced e-?mail | message text follow
    (?:copy|text|header) of (?:the )?(?:your )?(?:original )?message | (?:received|return-path):
    """,
    before=r"^[- \t>*|]{0,80}",
)
"""Where a report begins to repeat the letter: the text below is the author's."""

ANSWER_SUBJECT = _any_of(
    r"""
    \[?auto(?:matic|mated|mat)?[- ]?(?:reply|response|responder|antwort|generated)?\]?
    auto(?:matic|mated)?[- ](?:reply|response|responder)
    out[- ]of[- ](?:the[- ])?office(?:[- ](?:auto)?reply)? | away from (?:my (?:mail|desk)|the office|office)
    vacation (?:reply|response|message) | abwesenheits(?:notiz|nachricht|meldung|assistent)
    automatische antwort | autoantwort | réponse automatique | absence du bureau
    absent(?:e)? du bureau | respuesta automática | fuera de (?:la )?oficina | risposta automatica
    fuori (?:sede|ufficio) | resposta automática | fora do escritório | ausência temporária
    automatisch antwoord | afwezigheidsbericht | niet aanwezig | automatisk svar | autosvar | frånvaro
    automaattinen vastaus | odpowiedź automatyczna | automatyczna odpowiedź | automatická odpověď
    automatikus válasz | otomatik yanıt | răspuns automat | автоматический ответ | автоответ
    автоматична відповідь | 自動(?:応答|返信) | 不在(?:通知)? | 自动(?:回复|答复)
    自動回覆 | 자동 ?(?:회신|응답) | رد تلقائي
    תשובה אוטומטית
    """,
    before=r"^\s*",
    after=r"\s*[:：-]",
)
"""Beginnings of the subject of an auto-reply; a colon or dash, and the letter's subject, follow."""

CHALLENGE = _any_of(
    r"""
    confirm (?:that )?(?:you (?:are|sent)|your (?:e-?mail|message|mail|address) (?:to|by|so))
    to (?:prove|verify|confirm) (?:that )?(?:you are|your message was) (?:a )?(?:human|person|sent)
    (?:protects?|guards?) (?:the|this|my|their) (?:mailbox|inbox) | boxbe | spamarrest | challenge[-/ ]response
    click (?:on )?(?:the )?(?:link|here)?.{0,80}(?:so that|to have) your (?:message|mail|e-?mail)
    click (?:on )?\S{0,200} to (?:deliver|release|confirm) your (?:message|mail|e-?mail)
    """,
)

TICKET_OPENING = _any_of(
    r"""
    (?:request|ticket|case|enquiry|inquiry)\b.{0,120}\b(?:has been|was) (?:registered|received|created|opened|logged)
    (?:anfrage|ticket)\b.{0,120}\bwurde (?:erfasst|registriert|erstellt)
    do not reply (?:to this|directly) | ticket (?:id|number|nummer)
    """,
)

TICKET_SUBJECT = _any_of(
    r"""
    \[[^\]]{0,40}(?:#|ticket|case|request|incident)[^\]]{0,40}\] | (?:ticket|case|request) (?:received|#\d)
    we(?:'ve| have) received your (?:request|message|e-?mail) | your (?:request|ticket) (?:has been|was)
    """,
    before=r"^\s*(?:re:\s*)?",
)

REASONS = (
    (
        "5.2.2",
        _any_of(
            r"""
            mailbox\W{0,3}(?:is )?full | over ?quota | quota.{0,20}exceed | exceed.{0,30}quota
            mail ?box.{0,20}exceeds? | full mailbox | insufficient (?:disk|storage) | postfach.{0,20}voll
            inbox is full | out of storage | exceeded storage allocation | boîte.{0,20}pleine | переполнен
            """,
        ),
    ),
    (
        "5.3.4",
        _any_of(
            r"""
            too (?:large|big) | size (?:limit )?exceed | exceeds? .{0,30}(?:size|limit) | message length exceeds
            maximum message size
            """,
        ),
    ),
    (
        "5.1.1",
        _any_of(
            r"""
            user (?:is )?unknown | unknown (?:user|recipient|local|address|mailbox)
            no such (?:user|recipient|mailbox|address|person)
            (?:user|account|mailbox|recipient|address|addressee)\b.{0,120}(?:does(?:n.t| not) exist|unknown|is invalid)
            (?:user|account|mailbox|recipient|address|addressee)\b.{0,120}not (?:found|exist|known|listed|recogni[sz]ed)
            (?:user|account|mailbox|recipient|address|addressee)\b.{0,120}(?:could(?:n.t| not) be|wasn.t) found
            invalid (?:recipient|mailbox|address|user) | not a (?:valid|known) (?:user|recipient|mailbox)
            no mailbox here | doesn.t have an? .{0,80}account | not listed in | recipient ?(?:address ?)?not ?found
            does not like recipient | no valid recipients | couldn.t be found
            no longer (?:available|valid|exists?|works? here) | nicht bekannt | existiert nicht | inconnu | desconocid
            sconosciut | не найден | 見つからない | не существует | non esiste | no existe | n'existe pas
            (?:address|recipient)es? .{0,30}(?:is|are) not member
            """,
        ),
    ),
    (
        "5.1.2",
        _any_of(
            r"""
            host (?:is )?unknown | unknown host | host(?:name)?.{0,60}not found
            domain.{0,80}(?:not found|does not exist|doesn.t exist) | couldn.t find any host | no mx | mail exchanger
            name server.{0,40}not found | dns (?:lookup )?(?:failure|error)
            """,
        ),
    ),
    (
        "5.2.1",
        _any_of(
            r"""
            (?:account|mailbox|user|address).{0,40}(?:disabled|suspended|inactive|deactivated|locked|unavailable|closed)
            """,
        ),
    ),
    (
        "5.7.1",
        _any_of(
            r"""
            spam | \bblocked | black ?list | block ?list | policy | not (?:authori[sz]ed|permitted|allowed) | denied
            unsolicited | virus | reject | refused to accept | prohibited | dmarc | reputation
            """,
        ),
    ),
    (
        "5.4.6",
        _any_of(
            r"""
            routing loop | hop count | too many hops | mail loop
            """,
        ),
    ),
    (
        "5.4.7",
        _any_of(
            r"""
            retry timeout | timed? ?out | too long | giving up | could not (?:connect|deliver for) | expired
            connection refused
            """,
        ),
    ),
)
"""Phrases for reasons, in the order tested, each with its enhanced status code."""
