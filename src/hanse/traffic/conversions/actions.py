"""Recording conversions: each once over all sources, enriched, amended, or parked with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from hanse.kernel.fact_types import ConversionFact
from hanse.kernel.ids import new_id
from hanse.programs.offers.queries import hosts_of
from hanse.spine.bulk import insert_many, update_many
from hanse.spine.intake.types import Arrival
from hanse.spine.parked.rules import EARLY_RENEWAL, customer_key, goal_key, host_key, rate_key, read_body
from hanse.spine.parked.types import Parking
from hanse.traffic.attribution.actions import follow_dates
from hanse.traffic.clicks.tokens import programs_with_bare_ids, read_click
from hanse.traffic.conversions import rules
from hanse.traffic.conversions import tellings as told
from hanse.traffic.conversions.customer_history import Purchase, first_purchases, rederive_newness, settle_newness
from hanse.traffic.conversions.foreign import Exchange, as_sent
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.conversions.queries import ProgramGoal, program_goals
from hanse.traffic.conversions.refunds import refold
from hanse.traffic.conversions.types import Recorded, Row, Watch, watch_nothing
from hanse.traffic.customers.actions import record_customers
from hanse.traffic.customers.queries import listed_since
from hanse.traffic.customers.types import KnownCustomers

RENEWALS_WAIT = timedelta(days=7)
UNLISTED = "unlisted_host"
_COLUMNS = (
    "id", "program_id", "goal_id", "external_id", "occurred_at", "received_at", "content_hash", "amount_minor",
    "currency", "source", "lines", "customer_id", "sent_is_new", "is_new", "country", "click_id", "click_link_number",
    "click_touched_at", "bad_click", "visitor", "coupon_code", "partner_hint", "checkout_host", "metadata", "is_test",
    "refunded_minor", "original_minor", "original_currency", "original_lines", "rate", "rate_on", "tellings",
)  # fmt: skip
_HISTORY = {"customer_id", "occurred_at", "amount_minor", "sent_is_new", "is_test"}

ConversionKey = tuple[UUID, UUID, str]
Goals = dict[tuple[UUID, str], ProgramGoal]
Hosts = dict[UUID, frozenset[str]]


def record_conversions(arrivals: Sequence[Arrival], now: datetime, watch: Watch = watch_nothing) -> Recorded:
    """Store conversions of a batch: one for each (program, goal, outside id), whichever sources tell of it.

    Parks what has another currency than the program and no rate for its day, an unknown goal, what a page told whose
    host is not among the program's (until it is), another amount than its first source (a source with a key stands over
    a browser, whoever came first), and renewals of customers without an earlier conversion (for 7 days).
    `watch` hears of ids before they change.
    """
    recorded = Recorded()
    goals = program_goals({arrival.program_id for arrival in arrivals})
    known = _known_conversions(arrivals)
    exchange = _exchange(arrivals, goals, known)
    hosts = _listed_hosts(arrivals)
    usable = [one for one in arrivals if not _parked_at_once(one, goals, exchange, hosts, recorded)]
    usable = _without_early_renewals(usable, goals, known, recorded)
    customers = record_customers((one.program_id, fact_of(one)) for one in usable)
    new, changes = _applied(usable, goals, known, customers, exchange, recorded)
    recorded.renamed = set(customers.renamed)
    moved_back = settle_newness(list(new.values()), _purchases_before(new, customers), customers.earlier)
    watch(set(changes))
    insert_many(Conversion, list(new.values()))
    for conversion_id, columns in changes.items():
        update_many(Conversion, [{"id": conversion_id, **columns}])
    follow_dates({id_: columns["occurred_at"] for id_, columns in changes.items() if "occurred_at" in columns})
    refold([id_ for id_, columns in changes.items() if "lines" in columns], watch)
    moved_back |= recorded.moved.keys()
    recorded.new = {row["id"] for row in new.values()}
    recorded.changed = (set(changes) | rederive_newness(moved_back, watch)) - recorded.new
    return recorded


def fact_of(arrival: Arrival) -> ConversionFact:
    """Return the conversion that an arrival brings. Raises TypeError for another kind of fact."""
    if not isinstance(arrival.fact, ConversionFact):
        raise TypeError(f"a {arrival.kind} came where a conversion belongs")
    return arrival.fact


def _exchange(arrivals: Sequence[Arrival], goals: Goals, known: dict[ConversionKey, Row]) -> Exchange:
    currencies = {goal.id: goal.currency for goal in goals.values()}
    facts = [(fact_of(one), goals.get((one.program_id, fact_of(one).goal))) for one in arrivals]
    orders = [(fact.currency, goal.currency, fact.occurred_at) for fact, goal in facts if goal is not None]
    kept = [(row, currencies[row["goal_id"]]) for row in known.values() if row["goal_id"] in currencies]
    return Exchange([*orders, *((row["currency"], target, row["occurred_at"]) for row, target in kept)])


def _listed_hosts(arrivals: Sequence[Arrival]) -> Hosts:
    """Return the hosts of the programs for which a page told something; nothing is asked where none did."""
    programs = {one.program_id for one in arrivals if fact_of(one).page_host}
    return hosts_of(programs) if programs else {}


def _parked_at_once(arrival: Arrival, goals: Goals, exchange: Exchange, hosts: Hosts, recorded: Recorded) -> bool:
    fact = fact_of(arrival)
    goal = goals.get((arrival.program_id, fact.goal))
    if goal is None:
        need = goal_key(arrival.program_id, fact.goal)
        recorded.parkings.append(Parking(arrival, "waiting", "unknown_goal", need, detail={"goal": fact.goal}))
    elif exchange.rate(fact.currency, goal.currency, fact.occurred_at) is None:
        need = rate_key(arrival.program_id, fact.currency)
        detail = {"currency": fact.currency, "program_currency": goal.currency}
        recorded.parkings.append(Parking(arrival, "waiting", "no_rate", need, detail=detail))
    elif fact.page_host and fact.page_host not in hosts[arrival.program_id]:
        need = host_key(arrival.program_id, fact.page_host)
        recorded.parkings.append(Parking(arrival, "waiting", UNLISTED, need, detail={"host": fact.page_host}))
    else:
        return False
    return True


def _known_conversions(arrivals: Sequence[Arrival]) -> dict[ConversionKey, Row]:
    rows = Conversion.objects.filter(
        program_id__in={one.program_id for one in arrivals}, external_id__in={one.fact.external_id for one in arrivals}
    ).values(*_COLUMNS)
    if not arrivals:
        return {}
    return {(row["program_id"], row["goal_id"], row["external_id"]): as_sent(dict(row)) for row in rows}


def _without_early_renewals(
    arrivals: Sequence[Arrival], goals: Goals, known: dict[ConversionKey, Row], recorded: Recorded
) -> list[Arrival]:
    """Park renewals whose customer is not known yet; the others come back, first sales before renewals."""
    firsts, renewals = list[Arrival](), list[Arrival]()
    for one in arrivals:
        (renewals if goals[(one.program_id, fact_of(one).goal)].is_recurring else firsts).append(one)
    buyers = {(one.program_id, customer.external_id) for one in firsts if (customer := fact_of(one).customer)}
    buyers |= _known_buyers(renewals)
    kept = []
    for one in renewals:
        fact = fact_of(one)
        goal = goals[(one.program_id, fact.goal)]
        is_known = fact.customer is None or (one.program_id, fact.customer.external_id) in buyers
        if is_known or one.is_overdue or (one.program_id, goal.id, fact.external_id) in known or fact.customer is None:
            kept.append(one)
            continue
        need, until = customer_key(one.program_id, fact.customer.external_id), one.received_at + RENEWALS_WAIT
        detail = {"customer": fact.customer.external_id}
        recorded.parkings.append(Parking(one, "waiting", EARLY_RENEWAL, need, until, detail))
    return firsts + kept


def _known_buyers(renewals: Sequence[Arrival]) -> set[tuple[UUID, str]]:
    named = {customer.external_id for one in renewals if (customer := fact_of(one).customer)}
    if not named:
        return set()
    rows = Conversion.objects.filter(
        program_id__in={one.program_id for one in renewals}, customer__external_id__in=named, goal__is_recurring=False
    )
    return set(rows.values_list("program_id", "customer__external_id").distinct())


def _applied(
    arrivals: Sequence[Arrival],
    goals: Goals,
    known: dict[ConversionKey, Row],
    customers: KnownCustomers,
    exchange: Exchange,
    recorded: Recorded,
) -> tuple[dict[ConversionKey, Row], dict[UUID, Row]]:
    """Work out the new rows and the changes of known ones (by id), in the order of the journal."""
    new: dict[ConversionKey, Row] = {}
    changes: dict[UUID, Row] = {}
    currencies = {goal.id: goal.currency for goal in goals.values()}
    bare = programs_with_bare_ids((one.program_id, fact_of(one).click) for one in arrivals)
    for one in arrivals:
        fact = fact_of(one)
        customer_id = customers.ids.get((one.program_id, fact.customer.external_id)) if fact.customer else None
        core = read_click(fact.click, bare=one.program_id in bare)
        said = rules.columns_of(one, fact, core, customer_id)
        goal = goals[(one.program_id, fact.goal)]
        key = (one.program_id, goal.id, fact.external_id)
        row = new.get(key) or known.get(key)
        if row is None:
            tellings = told.first_tellings(one, fact, said)
            new[key] = row = {"id": new_id(), "goal_id": key[1], **said, "is_new": None, "tellings": tellings}
        else:
            if not one.amends and told.contradicts(row, said):
                recorded.parkings.append(_contradiction(one, row))
                continue
            changed = _changes(one, row, said, recorded)
            if changed.keys() & _HISTORY:
                _note_history(recorded, row, {**row, **changed})
            before = dict(row)
            row.update(changed)
            if changed and key not in new:
                kept = exchange.change(before, row, changed, goal.currency)
                row.update({name: kept[name] for name in ("rate", "rate_on") if name in kept})
                changes.setdefault(row["id"], {}).update(kept)
        recorded.stood_for[one.key] = row["id"]
        if one.parked_id:
            recorded.released.append(one.parked_id)
    for row in new.values():
        row.update(exchange.keep(row, currencies[row["goal_id"]], None))
    return new, changes


def _changes(one: Arrival, row: Row, said: Row, recorded: Recorded) -> Row:
    """Return the columns that a fact changes; what a browser told otherwise before is parked for a person to see."""
    fact = fact_of(one)
    if one.amends:
        plain = not row["tellings"]
        return rules.amended(row, said, is_dated=fact.dated) if plain else told.amended_with(row, said, one, fact)
    changed, outdone = told.merged_with(row, said, one, fact)
    for telling in outdone:
        body = read_body("conversion", one.program_id, telling["received_at"], telling["body"])
        if isinstance(body, ConversionFact):
            recorded.parkings.append(_contradiction(told.arrival_of(telling, one, body), {**row, **changed}))
    return changed


def _note_history(recorded: Recorded, *rows: Row) -> None:
    """Note whose history a change concerns, before and after it, and since when."""
    since = min(row["occurred_at"] for row in rows)
    for customer_id in {row["customer_id"] for row in rows} - {None}:
        recorded.moved[customer_id] = min(since, recorded.moved.get(customer_id, since))


def _contradiction(one: Arrival, row: Row) -> Parking:
    detail = {
        "first_hash": row["content_hash"], "second_hash": one.content_hash, "first_amount": row["amount_minor"],
        "second_amount": one.fact.amount_minor, "currency": row["currency"],
    }  # fmt: skip
    return Parking(one, "conflict", "amount_differs", detail=detail)


def _purchases_before(new: dict[ConversionKey, Row], customers: KnownCustomers) -> dict[UUID, Purchase]:
    """Return the first purchases of new conversions' buyers: who had a row before, or is on the business's list."""
    buyers = {row["customer_id"] for row in new.values()} - {None}
    listed = listed_since(buyers - customers.earlier)
    return first_purchases(buyers & customers.earlier) | {id_: (since, "") for id_, since in listed.items()}
