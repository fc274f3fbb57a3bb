"""The function's binary behind the independent server's own queue and event source mapping.

Usage: mapping.py ENDPOINT BOOTSTRAP. Sends a good message, one with a bad entry among good ones and
one that does not decode, waits until the queue is empty, and prints the table and the DLQ as JSON.
"""

import io
import json
import sys
import time
import zipfile

import boto3
from botocore.config import Config

endpoint, bootstrap = sys.argv[1:]


def client(service):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(read_timeout=300, retries={"total_max_attempts": 1}),
    )


sqs, dynamodb, functions = client("sqs"), client("dynamodb"), client("lambda")


def arn(url):
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return answer["Attributes"]["QueueArn"]


dlq = sqs.create_queue(QueueName="recs-dlq")["QueueUrl"]
redrive = {"deadLetterTargetArn": arn(dlq), "maxReceiveCount": "2"}
queue = sqs.create_queue(
    QueueName="recs",
    Attributes={"VisibilityTimeout": "15", "RedrivePolicy": json.dumps(redrive)},
)["QueueUrl"]
dynamodb.create_table(
    TableName="recommendations",
    BillingMode="PAY_PER_REQUEST",
    AttributeDefinitions=[{"AttributeName": "user_id", "AttributeType": "N"}],
    KeySchema=[{"AttributeName": "user_id", "KeyType": "HASH"}],
)

code = io.BytesIO()
with zipfile.ZipFile(code, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
    archive.write(bootstrap, "bootstrap")
functions.create_function(
    FunctionName="recs-writer",
    Runtime="provided.al2023",
    Handler="bootstrap",
    Role="arn:aws:iam::000000000000:role/recs-writer",
    Timeout=10,
    Code={"ZipFile": code.getvalue()},
    Environment={
        "Variables": {
            "RECO_TABLE": "recommendations",
            "RECO_FACTS": "none",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }
    },
)
functions.create_event_source_mapping(
    EventSourceArn=arn(queue),
    FunctionName="recs-writer",
    BatchSize=10,
    FunctionResponseTypes=["ReportBatchItemFailures"],
    ScalingConfig={"MaximumConcurrency": 2},
)

bodies = [
    '{"data": [[1, [11, 12, 11]], [2, [21]]]}',
    '{"data": [[3, [31]], [4, "x"]]}',
    '{"data": [[5, [5',
]
for body in bodies:
    sqs.send_message(QueueUrl=queue, MessageBody=body)


def count(url):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return sum(int(answer["Attributes"][name]) for name in names)


until = time.monotonic() + 240
while count(dlq) < 2 or count(queue) > 0:
    if time.monotonic() > until:
        sys.exit(f"not settled: {count(queue)} in the queue, {count(dlq)} in the DLQ")
    time.sleep(0.5)

dead = []
while len(dead) < 2:
    answer = sqs.receive_message(QueueUrl=dlq, MaxNumberOfMessages=10)
    dead += [bodies.index(message["Body"]) for message in answer.get("Messages", [])]
items = dynamodb.scan(TableName="recommendations")["Items"]
table = {
    item["user_id"]["N"]: [entry["N"] for entry in item["recommended_note_ids"]["L"]]
    for item in items
}
print(json.dumps({"table": table, "dead": sorted(dead)}))
