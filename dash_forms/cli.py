"""The command line: `dash-forms COMMAND`, which `./dash COMMAND` calls."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib.metadata import version as installed_version
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import click

from dash_forms.config import Settings, SettingsError, from_environment
from dash_forms.domain.errors import DomainError
from dash_forms.question_sets.cli import instruments

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from uuid import UUID

    from flask import Flask

    from dash_forms.demo.offenders import Act
    from dash_forms.demo.plans import Script
    from dash_forms.domain.permissions import Actor
    from dash_forms.store.work import Store, Work


def _settings(**overrides: Any) -> Settings:
    try:
        return from_environment(**overrides)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(installed_version("dash-forms"))
def main() -> None:
    """Domestic-abuse risk assessment at the door, for UK police."""
    os.umask(0o077)  # databases, keys and logs are the owner's alone


main.add_command(instruments)


@main.command()
@click.option("--tests", is_flag=True, help="Also fetch what only the tests need.")
def assets(*, tests: bool) -> None:
    """Build the styles and scripts, if they have changed."""
    from dash_forms.web import assets_build

    assets_build.build(tests=tests)


@main.command()
@click.argument("numerator", type=int)
@click.argument("denominator", type=int)
def rate(numerator: int, denominator: int) -> None:
    """Print decline rate D1 for NUMERATOR declined of DENOMINATOR, as the reports give it."""
    from dash_forms.domain.metrics import decline_rate

    try:
        click.echo(json.dumps(decline_rate(numerator, denominator).as_json()))
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@main.command()
@click.option("--check", is_flag=True, help="Only say whether anything is missing.")
def migrate(*, check: bool) -> None:
    """Bring the database to the newest revision."""
    from dash_forms.store.engine import make_engine, writing
    from dash_forms.store.migrate import newest_revision, revision_of, upgrade

    settings = _settings()
    settings.instance.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.url)
    if check:
        found = revision_of(engine)
        click.echo(f"database: {found or 'empty'}; needed: {newest_revision()}")
        sys.exit(found != newest_revision())
    upgrade(writing(engine))
    _rebuild_if_needed(_store(settings))
    click.echo(f"The database is at revision {newest_revision()}.")


@main.group()
def reports() -> None:
    """Check or renew the facts and counts that the reports are made of."""


@reports.command()
def verify() -> None:
    """Recompute every fact and count from the records; fails on any difference."""
    from dash_forms.store import facts

    store = _store(_settings())
    with store.work(writes=False) as work:
        length = facts.pair_count(work.connection)
        with click.progressbar(length=length, label="Recomputing", file=sys.stderr) as bar:
            found, shown = 0, []
            for each in facts.differences(work.connection, facts.rules_of(work), bar.update):
                found += 1
                shown += [each] if found <= 100 else []
    for each in shown:
        click.echo(each)
    if found:
        raise click.ClickException(
            f"{found:,} differences. `dash-forms reports rebuild` makes all anew."
        )
    click.echo(f"No difference in {length:,} pairs.")


@reports.command("rebuild")
def rebuild_reports() -> None:
    """Make every fact and count anew from the records."""
    _rebuild(_store(_settings()))


def _rebuild(store: Store) -> None:
    from dash_forms.domain.audit_events import Name
    from dash_forms.store import facts

    with store.work(writes=True) as work:
        length = facts.pair_count(work.connection)
        with click.progressbar(length=length, label="Recomputing", file=sys.stderr) as bar:
            pairs = facts.rebuild(work.connection, facts.rules_of(work), bar.update)
        work.audit(Name.REPORTS_REBUILT, pairs=pairs)
    click.echo(f"Made the facts and counts of {pairs:,} pairs anew.", err=True)


def _rebuild_if_needed(store: Store) -> None:
    """Facts from before there were counts: the reports would leave them out."""
    from dash_forms.store import facts

    with store.work(writes=False) as work:
        is_needed = facts.is_to_be_rebuilt(work.connection)
    if is_needed:
        _rebuild(store)


@main.group()
def investigations() -> None:
    """Samples of closed cases."""


@investigations.command("check")
@click.argument("sample_ids", nargs=-1, type=click.UUID)
def check_samples(sample_ids: tuple[UUID, ...]) -> None:
    """Draw SAMPLE_IDS again, or every sample; fails on any difference from what is recorded."""
    from dash_forms.investigations import checking

    wrong = 0
    with _store(_settings()).work(writes=False) as work:
        samples = list(sample_ids) or checking.every_sample(work)
        for sample_id in samples:
            found = checking.problems(work, sample_id)
            wrong += bool(found)
            for each in found:
                click.echo(f"{sample_id}: {each}")
            if not found and (left := checking.left_since(work, sample_id)):
                click.echo(f"{sample_id}: sound; {left:,} of its frame would not be in it today")
    if wrong:
        raise click.ClickException(f"{wrong:,} of {len(samples):,} samples do not stand.")
    click.echo(f"No difference in {len(samples):,} samples.")


@main.command()
def states() -> None:
    """Print the state machine as Markdown with Mermaid pictures (docs/states.md)."""
    from dash_forms.domain.picture import pictures

    click.echo(pictures(), nl=False)


@main.command("create-administrator")
@click.option("--username", prompt=True)
@click.option("--name", prompt="Name and collar number")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def create_administrator(username: str, name: str, password: str) -> None:
    """Create an administrator, such as the first one."""
    from dash_forms.domain.permissions import Role
    from dash_forms.store.accounts import create_account

    settings = _settings()
    with _store(settings).work(writes=True) as work:
        try:
            create_account(
                work,
                username=username,
                display_name=name.strip(),
                role=Role.ADMINISTRATOR,
                team_id=None,
                password=password,
                cost=(settings.argon2_memory_kib, settings.argon2_rounds),
            )
        except DomainError as error:
            raise click.ClickException(error.sentence) from error
    click.echo(f"{username} can sign in now.")


@main.command("add-team")
@click.argument("names", nargs=-1, required=True)
def add_team(names: tuple[str, ...]) -> None:
    """Add local policing teams by NAME; those that exist already stay as they are."""
    from dash_forms.store.teams import add_teams

    with _store(_settings()).work(writes=True) as work:
        added = add_teams(work, names)
    click.echo(f"Added {added} of {len(names)}.")


@main.command("index-people")
def index_people() -> None:
    """Make people findable who were recorded before a way to find them; run it once for each."""
    from dash_forms.store import cameras, people

    store = _store(_settings())
    with store.work(writes=False) as work:
        waiting = people.people_without_index(work)
    with click.progressbar(length=waiting, label="Indexing people", file=sys.stderr) as bar:
        indexed = people.index_people(store, bar.update)
    click.echo(
        f"Indexed {indexed:,} of {waiting:,}. Whoever is left has no name to be found by, or a"
        " phone that is no number."
    )
    if footage := cameras.index_footage(store):
        click.echo(f"Indexed {footage:,} references of footage.")


@main.command()
def escalate() -> None:
    """Note in the audit log which offers are overdue; each once, so that it can run often."""
    from dash_forms.reoffers.commands import escalate as note_overdue

    with _store(_settings()).work(writes=True) as work:
        noted = note_overdue(work)
    click.echo(f"{noted:,} newly overdue.")


@main.command("work")
@click.option("--once", is_flag=True, help="Do what waits by now and stop; for a scheduler.")
def do_jobs(*, once: bool) -> None:
    """Make what pages ask for in the background, such as long exports, until stopped.

    Any number of these may run. `run` and `demo` do it by themselves.
    """
    from dash_forms.app import runner_of
    from dash_forms.store.migrate import newest_revision, revision_of

    app = _application(_settings())
    runner = runner_of(app)
    found = revision_of(runner.store.engine)
    if found != newest_revision():
        raise click.ClickException(
            f"The database is at revision {found or 'empty'}; this version needs"
            f" {newest_revision()}. Run: dash-forms migrate"
        )
    if once:
        click.echo(f"{runner.run_waiting():,} done.")
        return
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    click.echo("Waiting for something to do. Stop with Ctrl+C.", err=True)
    runner.run_until(stopped)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
def run(host: str, port: int) -> None:
    """Serve a real installation."""
    from dash_forms.store.accounts import has_accounts, has_demo_accounts
    from dash_forms.store.migrate import upgrade

    settings = _settings()
    store = _store(settings)
    upgrade(store.writing_engine)
    _rebuild_if_needed(store)
    with store.work(writes=False) as work:
        if has_demo_accounts(work):
            raise click.ClickException(
                "This database holds demonstration accounts, whose password is public."
                " A real installation needs a database of its own: set DASH_INSTANCE or"
                " DASH_DATABASE_URL."
            )
        empty = not has_accounts(work)
    if empty:
        if not sys.stdin.isatty():
            raise click.ClickException(
                "There is no administrator yet. Run: ./dash create-administrator"
            )
        click.echo("There is no administrator yet. Create the first one:")
        create_administrator.main(standalone_mode=False)
    _serve(settings, host, port)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--database", default="", help="SQLAlchemy URL; SQLite in instance/ if not given.")
@click.option("--pairs", default=6000, show_default=True, type=click.IntRange(10, 200_000))
@click.option("--seed", "seed_number", default=1, show_default=True, type=int)
@click.option("--prepare-only", is_flag=True, help="Fill the database and stop.")
def demo(
    *, host: str, port: int, database: str, pairs: int, seed_number: int, prepare_only: bool
) -> None:
    """Serve an invented force, to try everything out."""
    from dash_forms.demo import seed as invented
    from dash_forms.store.migrate import upgrade

    settings = _demo_settings(database, pairs, seed_number)
    store = _store(settings)
    upgrade(store.writing_engine)
    _rebuild_if_needed(store)
    if not invented.is_seeded(store):
        _seed(settings, pairs, seed_number)
    if prepare_only:
        return
    click.echo(f"\n  http://{host}:{port}\n")
    for username, role in invented.ACCOUNTS:
        click.echo(f"  {username:<12} {role}")
    click.echo(f"\n  Password for each: {invented.PASSWORD}\n  Stop with Ctrl+C.\n")
    _serve(settings, host, port)


def _demo_settings(database: str, pairs: int, seed_number: int) -> Settings:
    """A demonstration never shares a database with a real installation, nor with another one."""
    from dash_forms.demo import seed as invented

    folder = _settings().instance / "demo"
    file = folder / f"demo-{pairs}-{seed_number}.sqlite3"
    return dataclasses.replace(
        _settings(),
        instance=folder,
        database_url=database or f"sqlite:///{file.absolute()}",
        cookie_secure=False,
        force_name=invented.FORCE_NAME,
        urn_example=invented.URN_EXAMPLE,
        log_level="WARNING",
        demo=True,
    )


def _seed(settings: Settings, pairs: int, seed_number: int) -> None:
    from dash_forms.demo import seed as invented

    started = time.monotonic()
    with click.progressbar(
        length=pairs, label=f"Inventing {pairs:,} cases", file=sys.stderr
    ) as bar:
        invented.seed(
            _store(settings),
            pairs=pairs,
            seed=seed_number,
            now=datetime.now(UTC),
            password=invented.PASSWORD,
            cost=(settings.argon2_memory_kib, settings.argon2_rounds),
            progress=lambda done, _total: bar.update(done - bar.pos),
        )
    _import_demo_calls(_store(settings))
    _make_demo_plans(_store(settings))
    _record_demo_actions(_store(settings))
    _enter_demo_inspection(_store(settings))
    _check_demo_investigations(_store(settings), settings)
    click.echo(f"Done in {time.monotonic() - started:.1f} s.", err=True)


def _import_demo_calls(store: Store) -> None:
    """Take in the logs of the invented force as real ones are taken in."""
    from dash_forms.calls.importing import KIND, put_by
    from dash_forms.demo import calls, non_emergency
    from dash_forms.domain.logs import Log
    from dash_forms.store.accounts import actor_named
    from dash_forms.store.job_runner import Runner

    with store.work(writes=True) as work:
        work.actor = actor_named(work, "control1")
        put_by(work, Log.CALLS, "calls.csv", calls.log(work.now))
        put_by(work, Log.ANSWERING, "101.csv", non_emergency.log(work.now))
    Runner(store, (KIND,)).run_waiting()


def _make_demo_plans(store: Store) -> None:
    """Have a sergeant and an officer make plans, as they would on the pages."""
    from dash_forms.demo.plans import LED_BY, OWNED_BY, SCRIPTS
    from dash_forms.store.accounts import actor_named
    from dash_forms.store.callers import first_flags

    with store.work(writes=True) as work:
        leader, owner = actor_named(work, LED_BY), actor_named(work, OWNED_BY)
        for (person, raised_at), script in zip(first_flags(work.connection), SCRIPTS, strict=False):
            for at, is_led, act in _demo_acts(work, person, raised_at, owner, script):
                work.actor = leader if is_led else owner
                with work.at(at):
                    act()
                    work.flush()
        work.actor = leader


def _demo_acts(
    work: Work, person: UUID, raised_at: datetime, owner: Actor, script: Script
) -> list[tuple[datetime, bool, Callable[[], None]]]:
    """What is done under one plan in order of time: when, whether by its leader, and what."""
    from functools import partial

    from dash_forms.domain.ids import uuid7
    from dash_forms.domain.periods import london_date
    from dash_forms.plans import commands

    plan_id, opened_at = uuid7(), raised_at + script.opened
    days = [opened_at + timedelta(days=day) for day in range(100)]
    first, *steps = script.steps
    new = commands.NewPlan(
        plan_id, owner.team_id, owner.id, london_date(days[script.first_review]), first.words
    )
    acts = [(opened_at, True, partial(commands.open_plan, work, person, new))]
    for step in steps:
        entry = commands.NewEntry(uuid7(), step.stage, step.words)
        acts.append((days[step.day], False, partial(commands.write_stage, work, plan_id, entry)))
    for deed in script.deeds:
        action_id, due = uuid7(), london_date(days[deed.due])
        action = commands.NewAction(action_id, deed.what, owner.id, due)
        acts.append((days[deed.day], True, partial(commands.add_action, work, plan_id, action)))
        if deed.ended is not None:
            ending = commands.ActionEnding(deed.state, deed.words)
            end = partial(commands.end_action, work, plan_id, action_id, ending)
            acts.append((days[deed.ended], False, end))
    for look in script.looks:
        review = commands.NewReview(uuid7(), look.found, london_date(days[look.next]))
        acts.append((days[look.day], True, partial(commands.review, work, plan_id, review)))
    if script.closed:
        day, outcome, words = script.closed
        closing = commands.Closing(outcome, words)
        acts.append((days[day], True, partial(commands.close, work, plan_id, closing)))
    return sorted(acts, key=lambda act: act[0])


def _record_demo_actions(store: Store) -> None:
    """Have a sergeant record what is outstanding against alleged perpetrators, as on the pages."""
    from dash_forms.demo.offenders import PURPOSE_WORDS, RECORDED_BY, SCRIPTS
    from dash_forms.domain.offenders import USUAL_MONTHS, Order, Purpose
    from dash_forms.offenders import commands, queries
    from dash_forms.store.accounts import actor_named

    with store.work(writes=True) as work:
        work.actor = actor_named(work, RECORDED_BY)
        why = commands.Justification(Purpose.SUPERVISION, PURPOSE_WORDS)
        with work.at(work.now - timedelta(days=1)):
            commands.justify(work, None, why)
            work.flush()
            wanted = queries.Wanted(USUAL_MONTHS, work.actor.team_id, Order.VICTIMS, 1)
            people = [each.person_id for each in queries.offender_list(work, wanted).listed]
            for person_id, script in zip(people, SCRIPTS, strict=False):
                for act in script:
                    _record_demo_action(work, person_id, act)


def _record_demo_action(work: Work, person_id: UUID, act: Act) -> None:
    """Add one action, and change and end it where the script says so."""
    from dash_forms.domain.ids import uuid7
    from dash_forms.domain.periods import london_date
    from dash_forms.offenders import commands

    def day(offset: int | None) -> date | None:
        return None if offset is None else london_date(work.now) + timedelta(days=offset + 1)

    action_id = uuid7()
    new = commands.NewAction(
        action_id, act.kind, act.conditions, day(act.starts), day(act.ends), work.by.team_id
    )
    commands.add_action(work, person_id, new)
    work.flush()
    if act.change:
        change = commands.ActionChange(1, act.conditions, day(act.change.ends), act.change.why)
        commands.change_action(work, person_id, action_id, change)
        work.flush()
    if act.ending:
        ending = commands.ActionEnding(2 if act.change else 1, act.ending.state, act.ending.words)
        commands.end_action(work, person_id, action_id, ending)
    work.flush()


def _enter_demo_inspection(store: Store) -> None:
    """Enter what was published about the invented force, and what it did, as it is entered."""
    from dash_forms.demo.inspection import OWNERS, Measure, Step, story
    from dash_forms.domain.inspection import NewGrade, NewItem
    from dash_forms.inspection import commands
    from dash_forms.store.accounts import actor_named

    with store.work(writes=True) as work:
        work.actor = actor_named(work, "inspector1")
        owners = {username: actor_named(work, username).id for username in OWNERS}
        for at, told in story(work.now, owners):
            with work.at(at):
                match told:
                    case NewGrade():
                        commands.enter_grade(work, told)
                    case NewItem():
                        commands.add_item(work, told)
                    case Step():
                        commands.record_entry(work, told.item_id, told.entry)
                    case Measure():
                        commands.name_measure(
                            work, told.item_id, told.entry_id, told.code, told.note
                        )


def _check_demo_investigations(store: Store, settings: Settings) -> None:
    """Draw and check closed cases of the invented force as people do."""
    from dash_forms.demo import investigations as invented
    from dash_forms.domain.checklists import read_checklist
    from dash_forms.domain.errors import DomainError
    from dash_forms.domain.investigations import Terms, months_to_draw
    from dash_forms.investigations import commands, queries
    from dash_forms.store.accounts import actor_named

    checklist = read_checklist(settings.checklist)
    terms, chance = Terms(settings.sample_size, checklist), invented.chance()
    with store.work(writes=True) as work:
        work.actor = actor_named(work, "inspector1")
        for month in months_to_draw(work.now)[: invented.MONTHS]:
            with suppress(DomainError):  # a small year may have closed nothing then
                wanted = commands.Wanted(month)
                commands.draw_samples(work, wanted, terms, lambda: invented.seed(chance))
        work.flush()
        for case in queries.board(work).waiting:
            if (act := invented.acts(chance, case.month, work.now, checklist)) is None:
                continue
            with suppress(DomainError):
                if act.skip:
                    commands.skip_case(work, case.id, commands.Skip(*act.skip))
                else:
                    check = commands.Check(act.check_id, 0, act.answers)
                    commands.check_case(work, case.id, check)


def _store(settings: Settings) -> Store:
    from dash_forms.domain.instruments import use_own_sets
    from dash_forms.domain.review import Clocks
    from dash_forms.store.crypto import KeyFileError, load_vault
    from dash_forms.store.work import Store

    use_own_sets(settings.instruments)
    try:
        settings.instance.mkdir(parents=True, exist_ok=True)
        clocks = Clocks(fast_form=timedelta(minutes=settings.fast_form_minutes))
        return Store(settings.url, load_vault(settings.instance / "keys.json"), clocks)
    except KeyFileError as error:
        raise click.ClickException(str(error)) from error


def _application(settings: Settings) -> Flask:
    from dash_forms import create_app
    from dash_forms.domain.instruments import InstrumentError

    try:
        return create_app(settings)
    except (InstrumentError, SettingsError) as error:
        raise click.ClickException(f"A question set cannot be used.\n{error}") from error


def _serve(settings: Settings, host: str, port: int) -> None:
    """Serve with waitress, which keeps answering under slow clients (connection_limit).

    A thread beside it makes what pages ask for in the background.
    """
    from waitress import serve

    from dash_forms.app import runner_of

    app = _application(settings)
    stopped = Event()
    worker = Thread(target=runner_of(app).run_until, args=(stopped,), daemon=True)
    worker.start()
    serve(
        app,
        host=host,
        port=port,
        threads=8,
        connection_limit=1000,
        ident="dash-forms",
        clear_untrusted_proxy_headers=not settings.trusted_proxies,
        trusted_proxy=None,
    )
    stopped.set()
    worker.join(timeout=10)
