"""What happens, told as it happens: open connections, the channels they listen to, and those who tell.

    push("download:d-1", {"percent": "42.0%"})      to everybody who listens, now
    Teller("download:d-1")                          for a worker: the same, at most once a second

The function that connections speak to is `functions/realtime`; any other only needs SOCKET_ENDPOINT to push.
"""

from shared.realtime.channels import push
from shared.realtime.teller import Teller

__all__ = ["Teller", "push"]
