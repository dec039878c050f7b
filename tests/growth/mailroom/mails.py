"""Mails as the tests send them: written out, so that the bytes on the wire are seen."""

from __future__ import annotations

from email.message import EmailMessage


def plain(
    text: str = "Hello", *, sender: str = "Ana <ana@partners.example>", to: str = "team@harbour.example",
    subject: str = "A question", **headers: str,
) -> bytes:  # fmt: skip
    """Return a simple mail; header names are written with underscores."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def bounce(
    letter: str, *, recipient: str = "ana@partners.example", status: str = "5.1.1", action: str = "failed"
) -> bytes:
    """Return a delivery report (RFC 3464) about one of our letters."""
    return f"""From: MAILER-DAEMON@mx.example
To: team@harbour.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-{letter[:20]}-{status}-{action}@mx.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

This is the mail system. I could not deliver your message.
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Fri, 15 May 2026 12:00:00 +0000

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} no such person

--b1
Content-Type: text/rfc822-headers

From: hanse@harbour.example
To: {recipient}
Message-ID: <{letter}@hanse>
Subject: News

--b1--
""".encode()


def complaint(letter: str, *, recipient: str = "ana@partners.example", kind: str = "abuse") -> bytes:
    """Return a feedback report (RFC 5965) about one of our letters."""
    return f"""From: feedback@mx.example
To: team@harbour.example
Subject: complaint
Message-ID: <arf-{letter[:20]}-{kind}@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

--b1
Content-Type: text/plain

This is an abuse report.
--b1
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: <{recipient}>

--b1
Content-Type: message/rfc822

From: hanse@harbour.example
To: {recipient}
Message-ID: <{letter}@hanse>
Subject: News

Our news.
--b1--
""".encode()


def rsvp(
    uid: str, *, attendee: str = "ana@partners.example", answer: str = "ACCEPTED", sequence: int | None = None,
    starts: str = "20260520T120000Z", comment: str = "",
) -> bytes:  # fmt: skip
    """Return what a calendar sends when somebody answers an invitation."""
    number = "" if sequence is None else f"SEQUENCE:{sequence}\n"
    number += f"COMMENT:{comment}\n" if comment else ""
    return f"""From: {attendee}
To: team@harbour.example
Subject: Accepted: Call
Message-ID: <rsvp-{uid[:20]}-{answer}-{sequence}@cal.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="b1"

--b1
Content-Type: text/plain

Ana has answered.
--b1
Content-Type: text/calendar; method=REPLY; charset=UTF-8

BEGIN:VCALENDAR
PRODID:-//Example//EN
VERSION:2.0
METHOD:REPLY
BEGIN:VEVENT
UID:{uid}
DTSTAMP:20260515T120000Z
DTSTART:{starts}
{number}ATTENDEE;PARTSTAT={answer};CN=Ana:mailto:{attendee}
ORGANIZER:mailto:team@harbour.example
END:VEVENT
END:VCALENDAR
--b1--
""".encode()


FORWARDED = """Please see below, she is asking about codes.

Ruth

---------- Forwarded message ---------
From: Ana <ana@partners.example>
Date: Fri, 15 May 2026 at 10:00
Subject: My code
To: <ruth@harbour.example>

Does my code work for gift cards too?
"""
