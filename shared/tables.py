"""The tables and their indexes, by name. Entities own the keys in them."""

from shared.settings import settings
from shared.table import Index, Table

# Local, so that a list reads its own writes: two orders of an account's partition.
BY_ORDER = Index("by_order", sk="lsi1")
BY_CATEGORY = Index("by_category", sk="lsi2")

# All accounts, newest first; may lag behind the last write.
BY_LIST = Index("gsi1", pk="gsi1pk", sk="gsi1sk", local=False)

# Of the tables for the systems to come: an order each of its own (docs/data.md).
LSI1, LSI2 = Index("lsi1", sk="lsi1"), Index("lsi2", sk="lsi2")
BY_ACCOUNT = Index("gsi1", pk="gsi1pk", sk="gsi1sk", local=False)

ACCOUNTS = Table(lambda: settings.accounts_table, [BY_LIST])
LIBRARY = Table(lambda: settings.library_table, [BY_ORDER, BY_CATEGORY])
TRAFFIC = Table(lambda: settings.traffic_table)
STUDIO = Table(lambda: settings.studio_table, [LSI1, LSI2])
COMMUNITY = Table(lambda: settings.community_table, [LSI1, LSI2, BY_ACCOUNT])
