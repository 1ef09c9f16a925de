"""The analysis that the template is compared with finds what code reaches, on small trees made for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.reach import reached
from tests.reach.found import Reached

Tree = Callable[..., Reached]
HOUSE = {
    "shared/settings.py": "settings = object()",
    "shared/aws.py": "def client(service, endpoint=''): ...",
    "shared/table.py": "class Table: ...\nclass Put: ...\nclass Update: ...\nclass Delete: ...\nclass Check: ...\n",
    "shared/tables.py": """
from shared.settings import settings
from shared.table import Table
FILMS = Table(lambda: settings.films_table)
PEOPLE = Table(lambda: settings.people_table)
""",
    "shared/jobs.py": """
from shared import aws
def send(queue_url, body):
    aws.client("sqs").send_message(QueueUrl=queue_url, MessageBody=body)
class Job:
    queue_url: str
    def beat(self):
        aws.client("sqs").change_message_visibility(QueueUrl=self.queue_url)
def claim(queue_url):
    return Job(queue_url)
""",
}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Writes functions/one/app.py, with what it imports, into a house of its own, and says what it reaches."""

    def write(app: str, **files: str) -> Reached:
        own = {f"shared/{name}.py": text for name, text in files.items()}
        for place, text in {**HOUSE, **own, "functions/one/app.py": app}.items():
            (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place).write_text(text)
        return reached("one", tmp_path)

    return write


def asked(found: Reached) -> list[tuple[str, str, list[str]]]:
    return sorted((one.table, one.verb, sorted(one.writes)) for one in found.asks.values())


def called(found: Reached) -> list[tuple[str, list[str]]]:
    return sorted((one.operation, sorted(one.given)) for one in found.calls.values())


FILMS = """
from shared.settings import settings
from shared.table import Delete, Put
from shared.tables import FILMS
def find(film): return FILMS.get(film, "FILM")
def keep(film): FILMS.write(Put({"pk": film}))
def forget(film): FILMS.write(Delete((film, "FILM")))
def price(): return settings.price
"""


def test_only_the_functions_that_are_mentioned_are_reached(tree: Tree) -> None:
    found = tree("from shared import films\ndef handler(event, context): return films.find('x')", films=FILMS)
    assert asked(found) == [("films_table", "get", [])]
    assert found.settings == {"films_table"}


def test_a_write_is_known_by_its_kind_through_arguments_lists_and_returns(tree: Tree) -> None:
    app = """
from shared.table import Check, Put, Update
from shared.tables import FILMS
def actions(film):
    wanted = [Put({"pk": film})]
    if film:
        wanted.append(Update((film, "x")))
    return wanted
def write(*all): FILMS.transact(*all)
def handler(event, context): write(*actions("x"), *(Check((one, "x"), "") for one in event))
"""
    assert asked(tree(app)) == [("films_table", "transact", ["Check", "Put", "Update"])]


def test_a_table_handed_on_is_asked_where_it_arrives(tree: Tree) -> None:
    app = """
from shared.tables import FILMS, PEOPLE
def answers(table): return table.get("a", "b")
def handler(event, context): return [answers(table) for table in (FILMS, PEOPLE)]
"""
    assert {one[0] for one in asked(tree(app))} == {"films_table", "people_table"}


def test_a_row_is_no_table(tree: Tree) -> None:
    app = "from shared.tables import FILMS\ndef handler(event, context): return FILMS.get('a', 'b').get('title')"
    assert asked(tree(app)) == [("films_table", "get", [])]


def test_a_queue_is_known_by_its_setting_through_fields_and_parameters(tree: Tree) -> None:
    app = """
from shared import jobs
from shared.settings import settings
def handler(event, context):
    jobs.send(settings.other_queue_url, "x")
    jobs.claim(settings.own_queue_url).beat()
"""
    assert called(tree(app)) == [
        ("change_message_visibility", ["own_queue_url"]),
        ("send_message", ["other_queue_url"]),
    ]


def test_what_a_table_of_handlers_holds_is_reached_and_what_it_leaves_out_is_not(tree: Tree) -> None:
    app = """
from shared import films
def routes(*table): return lambda event, context: [one(event) for one in table]
def put(event): films.keep(event)
def price(event): return films.price()
handler = routes(put)
"""
    found = tree(app, films=FILMS)
    assert asked(found) == [("films_table", "write", ["Put"])]
    assert "price" not in found.settings


def test_a_method_is_reached_by_its_name_on_whatever_class_is_reached(tree: Tree) -> None:
    parts = """
from shared.settings import settings
class Box:
    def open(self): return settings.key
    def close(self): return settings.lock
class Other:
    def open(self): return settings.other
"""
    found = tree("from shared.parts import Box\ndef handler(event, context): Box().open()", parts=parts)
    assert found.settings == {"key"}


def test_a_client_is_followed_through_a_name_and_an_operation_through_its_text(tree: Tree) -> None:
    app = """
from shared import aws
from shared.settings import settings
SERVICE = "s3"
def handler(event, context):
    s3 = aws.client(SERVICE, settings.endpoint)
    s3.get_paginator("list_objects_v2").paginate()
"""
    assert called(tree(app)) == [("list_objects_v2", ["endpoint"])]


def test_a_variable_of_the_environment_counts_where_it_is_read(tree: Tree) -> None:
    app = """
import os
from shared import aws
WHERE = "PLACE"
def handler(event, context):
    for name in os.environ["NAMES"].split(","):
        aws.client("lambda").invoke(FunctionName=name, Qualifier=os.environ.get(WHERE, ""))
"""
    found = tree(app)
    assert found.variables == {"NAMES", "PLACE"}
    assert called(found) == [("invoke", ["NAMES", "PLACE"])]
