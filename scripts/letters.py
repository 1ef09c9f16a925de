"""Send kept dead letters again, each to the queue that it came from: python -m scripts.letters KEPT_QUEUE_URL

Without AWS: the same with the settings that a running `scripts/run` keeps in its data folder's environment.json.
"""

import json
import sys
from typing import Any

import boto3


def send_again(kept: str) -> int:
    """How many there were. A letter is deleted where it was kept once it is on its queue: it may be sent twice."""
    sqs: Any = boto3.client("sqs")
    sent, named = 0, ["DeadLetterQueueSourceArn"]
    while letters := sqs.receive_message(QueueUrl=kept, MaxNumberOfMessages=10, AttributeNames=named).get("Messages"):
        for letter in letters:
            sqs.send_message(QueueUrl=source(sqs, letter["Attributes"][named[0]]), MessageBody=letter["Body"])
            sqs.delete_message(QueueUrl=kept, ReceiptHandle=letter["ReceiptHandle"])
            sent += 1
    return sent


def source(sqs: Any, letters: str) -> str:
    """The queue whose dead letters the queue of this ARN takes."""
    for page in sqs.get_paginator("list_queues").paginate():
        for url in page.get("QueueUrls", ()):
            asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
            policy = asked.get("Attributes", {}).get("RedrivePolicy", "")
            if policy and json.loads(policy)["deadLetterTargetArn"] == letters:
                return str(url)
    raise LookupError(f"no queue has its dead letters in {letters}")


if __name__ == "__main__":
    print(f"{send_again(sys.argv[1])} letters sent again")
