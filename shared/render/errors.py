"""What ends a render besides `shared/media/errors`."""


class Cancelled(Exception):
    """Somebody no longer wants it. Nothing of it is left."""
