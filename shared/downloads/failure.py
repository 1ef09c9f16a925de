"""An error that is kept on a row, or comes from another function, and is told to a client later."""

import functools
from typing import Any, cast

from msgspec import Struct

from shared.errors import ServiceError
from shared.faults import as_ours

LONGEST = 300  # characters of a text that is kept


class Failure(Struct, frozen=True):
    error: str
    detail: str
    code: str
    status: int

    def raised(self) -> ServiceError:
        """The error that tells it."""
        return _class_of(self.status)(self.error, explanation=self.detail, code=self.code)


def of(error: BaseException) -> Failure:
    """What nobody foresaw is told as what it is to a person: a fault of ours."""
    ours = as_ours(error)
    return Failure(ours.message[:LONGEST], (ours.explanation or ours.message)[:LONGEST], ours.code, ours.status)


@functools.cache
def _class_of(status: int) -> type[ServiceError]:
    made: Any = type(f"Told{status}", (ServiceError,), {"status": status})
    return cast(type[ServiceError], made)


GIVEN_UP = Failure(
    "Téléchargement interrompu",
    "Le téléchargement a demandé plus de temps ou de mémoire que disponible.",
    "UNKNOWN_ERROR",
    503,  # of our own, and counted as such
)
TOO_LONG = Failure(
    "Téléchargement trop long",
    "Le téléchargement n'était pas terminé après deux heures.",
    "TOO_LARGE",
    413,
)
