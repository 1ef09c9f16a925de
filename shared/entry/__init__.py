"""A Lambda's entry: one for each kind of event, all with the same manners.

    http(app)          API Gateway HTTP API          `shared.entry.http`
    socket(table)      API Gateway WebSocket API     `shared.entry.socket`
    queue(handle)      SQS                           `shared.entry.queue`
    schedule(handle)   EventBridge                   `shared.entry.schedule`
    task(handle)       Step Functions                `shared.entry.task`

Each answers a warmer's `{"warm": true}` before anything else, writes one log line an event that is also its metric, and
tells refusals (ServiceError below 500: one line) from faults (anything else: the line, and the stack). A function with
two sources joins them: `handler = queue(collect) | schedule(sweep)`.
"""
