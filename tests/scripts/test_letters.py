"""Kept letters go back to the queue they came from, past the queue that they came through."""

import json

from scripts.letters import source
from shared import aws


def test_a_letter_s_own_queue_is_found_by_where_it_was_kept(aws_cloud: None) -> None:
    sqs = aws.client("sqs")
    letters = sqs.create_queue(QueueName="film-letters")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=letters, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
    films = sqs.create_queue(QueueName="films", Attributes={"RedrivePolicy": policy})["QueueUrl"]
    assert source(sqs, arn) == films
