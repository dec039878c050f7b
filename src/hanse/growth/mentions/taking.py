"""Taking answers in: read the names, bring spellings together, keep each answer once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from hanse.growth.mentions.grouping import Groups
from hanse.growth.mentions.keys import name_key
from hanse.growth.mentions.models import Answer, Candidate, Mention, Spelling
from hanse.growth.mentions.names import Answer as Reading
from hanse.growth.mentions.names import certain_names, read_answer
from hanse.growth.mentions.queries import partner_keys
from hanse.growth.mentions.types import GivenAnswer, Taken
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.bulk import Row, insert_many, update_many


def take_answers(program: Program, given: Sequence[GivenAnswer], *, now: datetime, by: str) -> Taken:
    """Keep answers and the mentions in them; an answer that is known already changes nothing.

    A handful of queries for any number of answers. Belongs into one transaction: all are kept or none.
    """
    Program.objects.select_for_update(no_key=True).get(pk=program.pk)  # of two at once one finds it made
    fresh = _fresh(program.pk, given)
    if not fresh:
        return Taken(known=len(given))
    spellings = _Spellings.of(program.pk)
    known = spellings.keys | {name_key(name) for one in fresh.values() for name in certain_names(one.text)}
    readings = {digest: read_answer(one.text, known.__contains__) for digest, one in fresh.items()}
    candidates = spellings.take(program.pk, [name for one in readings.values() for name in one.names], now)
    answers, mentions = _rows(program.pk, fresh, readings, spellings.candidate_of, now, by)
    insert_many(Answer, answers)
    insert_many(Mention, mentions)
    if candidates:
        lay_over_partners(program)
    statuses = Counter(row["status"] for row in answers)
    return Taken(
        new=len(fresh), known=len(given) - len(fresh), mentions=len(mentions), candidates=candidates,
        nobody=statuses[Answer.Status.NOBODY], unclear=statuses[Answer.Status.UNCLEAR],
    )  # fmt: skip


def name_in_answer(answer: Answer, names: Iterable[str], *, now: datetime) -> int:
    """Keep the names that a person read out of an answer; without any, it names nobody. Returns how many are new."""
    Program.objects.select_for_update().get(pk=answer.program_id)
    spellings = _Spellings.of(answer.program_id)
    named = {key: name[:120] for name in names if (key := name_key(name)[:120])}
    spellings.take(answer.program_id, list(named.values()), now)
    given = GivenAnswer(answer.text, answer.named_at, answer.source, person=answer.person)
    rows = [_mention(answer.pk, key, name, spellings.candidate_of[key], given, now) for key, name in named.items()]
    before = answer.mentions.count()
    insert_many(Mention, rows, ignore_known=True)
    answer.status = Answer.Status.READ if before or rows else Answer.Status.NOBODY
    answer.save(update_fields=["status"])
    return answer.mentions.count() - before


def lay_over_partners(program: Program) -> int:
    """Find out which candidates are partners of ours, by any name of theirs; a person's word is kept. Returns how many.

    Safe to run at any time; partners who joined later are found then.
    """
    keys = partner_keys(program.pk)
    open_ones = Spelling.objects.filter(program=program, candidate__partner=None, candidate__is_matched_by_hand=False)
    found = {
        candidate_id: keys[key] for key, candidate_id in open_ones.values_list("key", "candidate_id") if key in keys
    }
    update_many(Candidate, [{"id": id_, "partner_id": partner_id} for id_, partner_id in found.items()])
    return len(found)


def _fresh(program_id: UUID, given: Sequence[GivenAnswer]) -> dict[str, GivenAnswer]:
    """Return the answers that are not kept yet, by digest."""
    by_digest = {_digest(one): one for one in given}
    known = Answer.objects.filter(program_id=program_id, digest__in=list(by_digest)).values_list("digest", flat=True)
    for digest in known:
        del by_digest[digest]
    return by_digest


def _digest(one: GivenAnswer) -> str:
    """Return what makes an answer the same one: who said what to which question; nameless people by the moment too."""
    moment = "" if one.person else one.named_at.isoformat()
    parts = (one.source, one.question, one.person, moment, " ".join(one.text.split()).casefold(), one.place)
    return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


@dataclass
class _Spellings:
    """The spellings that a program knows, and where new ones belong."""

    groups: Groups
    candidate_of: dict[str, UUID] = field(default_factory=dict)

    @property
    def keys(self) -> set[str]:
        return set(self.candidate_of)

    @classmethod
    def of(cls, program_id: UUID) -> _Spellings:
        """Read them: what is stored stays where it is, by hand or not."""
        rows = Spelling.objects.filter(program_id=program_id).values_list("key", "candidate_id", "candidate__key")
        stored = list(rows)
        return cls(
            Groups(decided={key: leader for key, _, leader in stored}),
            {key: candidate for key, candidate, _ in stored},
        )

    def take(self, program_id: UUID, names: Sequence[str], now: datetime) -> int:
        """Find a candidate for every name, making those that are new. Returns how many were made."""
        times: Counter[str] = Counter()
        written: dict[str, Counter[str]] = {}
        for name in names:
            key = name_key(name)[:120]
            times[key] += 1
            written.setdefault(key, Counter())[name] += 1
        new = sorted((key for key in times if key not in self.candidate_of), key=lambda key: (-times[key], key))
        self.groups.add(new)
        made: list[Row] = []
        for key in new:
            leader = self.groups.leader_of[key]
            if leader not in self.candidate_of:
                self.candidate_of[leader] = new_id(now)
                made.append(_candidate(program_id, leader, self.candidate_of[leader], _best(written[leader]), now))
            self.candidate_of[key] = self.candidate_of[leader]
        insert_many(Candidate, made)
        insert_many(Spelling, [_spelling(program_id, key, self.candidate_of[key]) for key in new])
        return len(made)


def _best(written: Counter[str]) -> str:
    """Return the way of writing a name that most people use; with capitals rather than without."""
    return max(written, key=lambda name: (written[name], any(map(str.isupper, name)), name))[:120]


def _candidate(program_id: UUID, key: str, id_: UUID, name: str, now: datetime) -> Row:
    return {"id": id_, "program_id": program_id, "key": key, "name": name, "found_at": now}


def _spelling(program_id: UUID, key: str, candidate_id: UUID) -> Row:
    return {"program_id": program_id, "key": key, "candidate_id": candidate_id, "is_decided": False}


def _rows(
    program_id: UUID,
    fresh: dict[str, GivenAnswer],
    readings: dict[str, Reading],
    candidate_of: dict[str, UUID],
    now: datetime,
    by: str,
) -> tuple[list[Row], list[Row]]:
    answers: list[Row] = []
    mentions: list[Row] = []
    for digest, one in fresh.items():
        id_, reading = new_id(now), readings[digest]
        answers.append({
            "id": id_, "program_id": program_id, "digest": digest, "source": one.source, "question": one.question,
            "text": one.text, "person": one.person, "place": one.place, "note": one.note, "status": _status(reading),
            "named_at": one.named_at, "taken_at": now, "logged_by": by[:200],
        })  # fmt: skip
        for name in reading.names:
            key = name_key(name)[:120]
            mentions.append(_mention(id_, key, name, candidate_of[key], one, now))
    return answers, mentions


def _status(reading: Reading) -> str:
    if reading.unclear:
        return Answer.Status.UNCLEAR
    return Answer.Status.READ if reading.names else Answer.Status.NOBODY


def _mention(answer_id: UUID, key: str, name: str, candidate_id: UUID, one: GivenAnswer, now: datetime) -> Row:
    return {
        "id": new_id(now), "answer_id": answer_id, "candidate_id": candidate_id, "key": key, "name": name,
        "person": one.person, "source": one.source, "named_at": one.named_at,
    }  # fmt: skip
