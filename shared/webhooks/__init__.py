"""Webhooks: what happens in an account is told to addresses that it named (iafactory: Webhooks).

    subscription    an address, and the events it is told       subscriptions   what happens to one
                                                            changing        … by its owner
    delivery        one event on its way to one address         deliveries      what happens to one
    events          which there are, and `emit`                 signing         how a receiver knows it was us
    sending         one try, and what comes of it

An event becomes a delivery for each subscription that wants it; a queue brings each to the worker. A try that fails is
made again after 5 seconds and 5 minutes by the queue, and then, since SQS waits 15 minutes at most, by rows that say
when a delivery is due. Each pending delivery has such a row, so that a message that got lost is sent again.
"""
