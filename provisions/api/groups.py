"""How lines are grouped: categories, and topics as tags."""

from __future__ import annotations

from typing import cast

from typing_extensions import TypedDict

from provisions.contents import CategoryContent, TopicContent
from provisions.held import Held
from provisions.models import Category, Resource, Topic

from .asking import Asked
from .endpoint import the_log
from .entries import Kind
from .expanding import Expansion, Row
from .paging import Field, Order, number
from .places import place_of
from .shape import Listing, documented


@documented
class CategoryEntry(TypedDict):
    """A group of lines, as the plan itself or its sources group them."""

    slug: str
    title: str
    order: int
    note: str | None
    version: int
    url: str | None


@documented
class CategoryList(Listing):
    """Categories, in the order of the plan."""

    results: list[CategoryEntry]


@documented
class TopicEntry(TypedDict):
    """A subject that lines are tagged with. It decides nothing."""

    slug: str
    title: str
    version: int
    url: str | None


@documented
class TopicList(Listing):
    """Topics, by slug."""

    results: list[TopicEntry]


def _category(thing: Held, row: Row, asked: Asked) -> CategoryEntry:
    said = cast("CategoryContent", thing.content)
    return {
        "slug": said.slug,
        "title": said.title,
        "order": said.order,
        "note": said.note or None,
        "version": thing.version,
        "url": place_of(Resource.CATEGORY, said.key, asked),
    }


def _topic(thing: Held, row: Row, asked: Asked) -> TopicEntry:
    said = cast("TopicContent", thing.content)
    return {
        "slug": said.slug,
        "title": said.title,
        "version": thing.version,
        "url": place_of(Resource.TOPIC, said.key, asked),
    }


CATEGORIES = Kind(
    resource=Resource.CATEGORY,
    name="category",
    plural="categories",
    address="<slug:category>",
    description="The groups that lines stand in.",
    shape=CategoryEntry,
    listing=CategoryList,
    rows=lambda plan: Category.objects.filter(plan=plan),
    key=("slug",),
    tell=_category,
    orders={"order": Order((number("order"), Field("slug")))},
)

TOPICS = Kind(
    resource=Resource.TOPIC,
    name="topic",
    plural="topics",
    address="<slug:topic>",
    description="The subjects that lines are tagged with.",
    shape=TopicEntry,
    listing=TopicList,
    rows=lambda plan: Topic.objects.filter(plan=plan),
    key=("slug",),
    tell=_topic,
    orders={"slug": Order((Field("slug"),))},
)

IN_CATEGORY = Expansion(word="category", reading=CATEGORIES.some_of, rests_on=the_log)
IN_TOPICS = Expansion(word="topics", reading=TOPICS.some_of, rests_on=the_log)
