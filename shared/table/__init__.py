"""The one gateway to DynamoDB.

values    Python values as DynamoDB's           actions   Put, Update, Delete, Check: conditions and refusals
indexes   the orders rows can be read in        cursors   where the next page starts
store     one call, and trying again            table     reading and writing one table
"""

from shared.table.actions import ABSENT, PRESENT, Check, ConditionFailed, Delete, Put, Update, Write
from shared.table.cursors import open_cursor, seal_cursor
from shared.table.indexes import Index
from shared.table.store import Contended, retry_contended
from shared.table.table import Page, Table
from shared.table.values import Item, Key, expression, pack, pack_item, unpack, unpack_item

__all__ = [
    "ABSENT",
    "PRESENT",
    "Check",
    "ConditionFailed",
    "Contended",
    "Delete",
    "Index",
    "Item",
    "Key",
    "Page",
    "Put",
    "Table",
    "Update",
    "Write",
    "expression",
    "open_cursor",
    "pack",
    "pack_item",
    "retry_contended",
    "seal_cursor",
    "unpack",
    "unpack_item",
]
