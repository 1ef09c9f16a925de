"""The tables, by name. Entities own the keys in them."""

from shared.settings import settings
from shared.table import Table

ACCOUNTS = Table(lambda: settings.accounts_table)
LIBRARY = Table(lambda: settings.library_table)
TRAFFIC = Table(lambda: settings.traffic_table)
