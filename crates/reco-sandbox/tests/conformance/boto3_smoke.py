"""Drives an SQS endpoint with boto3, which checks the digests itself: send, receive, delete,
errors, a redrive. Usage: boto3_smoke.py ENDPOINT. Silent when all is well."""

import sys
import uuid

import boto3
from botocore.config import Config

sqs = boto3.client(
    "sqs",
    endpoint_url=sys.argv[1],
    region_name="us-east-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
    config=Config(retries={"total_max_attempts": 1}),
)


def refused(code, call, **arguments):
    try:
        call(**arguments)
    except sqs.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
    else:
        raise AssertionError(f"expected {code}")


name = f"boto3-{uuid.uuid4()}"
dlq = sqs.create_queue(QueueName=f"{name}-dlq")["QueueUrl"]
arn = sqs.get_queue_attributes(QueueUrl=dlq, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
policy = '{"deadLetterTargetArn": "%s", "maxReceiveCount": 1}' % arn
url = sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": policy})["QueueUrl"]

attributes = {
    "s": {"DataType": "String", "StringValue": "grüße"},
    "n": {"DataType": "Number.int", "StringValue": "42"},
    "b": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
}
entries = [{"Id": str(i), "MessageBody": f"body {i}", "MessageAttributes": attributes} for i in range(10)]
assert len(sqs.send_message_batch(QueueUrl=url, Entries=entries)["Successful"]) == 10
messages = sqs.receive_message(
    QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], AttributeNames=["All"]
)["Messages"]
assert {message["Body"] for message in messages} == {f"body {i}" for i in range(10)}
assert all(message["MessageAttributes"] == attributes for message in messages), messages[0]
handles = [{"Id": str(i), "ReceiptHandle": message["ReceiptHandle"]} for i, message in enumerate(messages)]
assert len(sqs.delete_message_batch(QueueUrl=url, Entries=handles)["Successful"]) == 10

sqs.send_message(QueueUrl=url, MessageBody="poison")
for _ in range(2):
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)
poison = sqs.receive_message(QueueUrl=dlq, MessageSystemAttributeNames=["All"])["Messages"][0]
assert poison["Attributes"]["DeadLetterQueueSourceArn"].endswith(name), poison

refused("AWS.SimpleQueueService.NonExistentQueue", sqs.get_queue_url, QueueName="nowhere")
refused("AWS.SimpleQueueService.EmptyBatchRequest", sqs.send_message_batch, QueueUrl=url, Entries=[])
refused("ReceiptHandleIsInvalid", sqs.delete_message, QueueUrl=url, ReceiptHandle="nonsense")
