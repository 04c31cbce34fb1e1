"""Names by which a dump of rows tells of a thing, so that it is found again under another id."""

from __future__ import annotations

from functools import reduce
from typing import Any, ClassVar, Self, TypeVar

from django.db import models

Thing = TypeVar("Thing", bound="Nameable")


class Nameable(models.Model):
    """A row with a name that is its own for good: the columns that make it, those of others through what is named."""

    NAMED_BY: ClassVar[tuple[str, ...]] = ("slug",)

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        return tuple(reduce(getattr, column.split("__"), self) for column in self.NAMED_BY)

    @classmethod
    def having(cls, name: tuple[Any, ...]) -> dict[str, Any]:
        """What a row of this name has, as a filter."""
        return dict(zip(cls.NAMED_BY, name, strict=True))


class NamedManager(models.Manager[Thing]):
    """Finds a thing by its name, as `loaddata` asks for it."""

    def get_by_natural_key(self, *name: Any) -> Thing:
        return self.get(**self.model.having(name))


class Named(Nameable):
    """A thing that is found by its name."""

    objects: ClassVar[NamedManager[Self]] = NamedManager()

    class Meta:
        abstract = True
