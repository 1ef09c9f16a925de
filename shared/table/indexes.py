"""The orders in which a table's rows can be read. Declared where the table is; a test compares the template."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Index:
    """`pk` and `sk` are attribute names. A local index shares the table's partitions and is read consistently; a global
    one has its own, and what it answers may be older than the last write.
    """

    name: str
    pk: str = "pk"
    sk: str = "sk"
    local: bool = True

    @property
    def resume(self) -> tuple[str, ...]:
        """The attributes that a cursor holds: all keys of a row but the partition that is asked for."""
        keys = ("sk", self.sk) if self.local else ("pk", "sk", self.sk)
        return tuple(dict.fromkeys(keys))


PRIMARY = Index("")
