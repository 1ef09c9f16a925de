"""The laptop's AWS: everything here is local only, and nothing in `shared/` or `functions/` knows about it.

run.py      starts and stops it: one process, one port, one data folder
world.py    the environment MiniStack and the functions see, and the folder's own secrets
deploy.py   template.yaml onto MiniStack's CloudFormation, and the static site into its bucket
edge.py     the port's front door: signed requests are AWS calls, all others are viewers of the distribution
signed.py   which those are; viewer.py: what a viewer may send; sockets.py: WebSocket upgrades
pure.py     each of its viewer functions' answers, asked of node once
origins.py  what the distribution's origins answer
cache.py    what it keeps with --cache; freshness.py: how long, policy.py: under which key, kept.py: what one gets of it
log.py      the functions' log lines in a file
store.py    MiniStack's state and S3 bytes on disk, so that a crash loses seconds
"""
