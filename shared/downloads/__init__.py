"""Media of the web, fetched for somebody: a download, a playlist, a conversion. Each is kept for an hour.

    download    the entity, what is asked for, its entries and its files
    downloads   its moments: started, going on, an entry over, all over, cancelled, forgotten
    places      how many one caller may have at a time
    upkeep      what nobody is at: asked for again, put down, taken away
    work        an entry's way to its worker: its job, its turn, its message
    progress    what is told while it goes on
    ending      who hears that it is over
    history     what an account has downloaded
    info        what a link holds, remembered for ten minutes
    blocked     sources that want to be left alone for a while
    failure     an error as it is kept, and told later
    outgoing    files on their way into the bucket, and an object that grows
    filing      a file of a download into somebody's library
    due         what must be looked at later
    belongings  all of one account, for its export and its erasure

A download has one entry or many; each entry is a message of its own, so a slow or broken one holds nobody up.

    start → queued → downloading | processing | converting → completed | failed
              └──────────── cancel ──────────→ cancelled; its workers learn of it within a second
"""
