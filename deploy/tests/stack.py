"""A stack of deploy/template.yaml on the independent server."""

import io
import re
import time
import zipfile

from server import REGION
from where import REPOSITORY

# What the server does not know is left out for it: alarms on metric math (the DLQ alarm watches one of
# its two metrics) and rules of a security group as resources of their own.
PLAIN_ALARM = """\
      Namespace: AWS/SQS
      MetricName: ApproximateNumberOfMessagesVisible
      Dimensions: [{ Name: QueueName, Value: !GetAtt Dlq.QueueName }]
      Statistic: Maximum
      Period: 60
      EvaluationPeriods: 1
"""


def template(without=()):
    text = (REPOSITORY / "deploy/template.yaml").read_text(encoding="utf-8")
    text, found = re.subn(
        r"      # Visible and not visible together.*?      EvaluationPeriods: 1\n",
        PLAIN_ALARM,
        text,
        flags=re.S,
    )
    assert found == 1, "the DLQ alarm is written otherwise"
    text, found = re.subn(r"  RdsProxyIngress:\n(    .*\n)+", "", text)
    assert found == 1, "the rule of the proxy's group is written otherwise"
    # For it, batches are actions of their own; AWS knows those of single messages alone.
    single = r"(sqs:(?:SendMessage|DeleteMessage|ChangeMessageVisibility))\b"
    text = re.sub(single, r'"\1*"', text)
    for resource in without:
        text, found = re.subn(rf"  {resource}:\n(    .*\n)+", "", text)
        assert found == 1, resource
    return text


class Stack:
    """One stack with its parameters, which stay from call to call as with `deploy`."""

    def __init__(self, server, name="recs", region=REGION, code=b"#!/bin/sh\n", without=()):
        self.server = server
        self.name = name
        self.region = region
        self.cloudformation = server.client("cloudformation", region=region)
        self.parameters = {"CodeBucket": f"builds-{region}", "CodeKey": "writer/1.zip"}
        s3 = server.client("s3", region=region)
        s3.create_bucket(
            Bucket=f"builds-{region}",
            CreateBucketConfiguration={"LocationConstraint": region},
        )
        for key in ("writer/1.zip", "writer/2.zip"):
            s3.put_object(Bucket=f"builds-{region}", Key=key, Body=packed(code + key.encode()))
        s3.put_object(Bucket=f"builds-{region}", Key="template.yaml", Body=template(without).encode())
        self.url = f"{server.endpoint}/builds-{region}/template.yaml"

    def _call(self, call, **parameters):
        self.parameters |= parameters
        call(
            StackName=self.name,
            TemplateURL=self.url,
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in self.parameters.items()
            ],
        )
        return self.settled()

    def create(self, **parameters):
        return self._call(self.cloudformation.create_stack, **parameters)

    def update(self, **parameters):
        return self._call(self.cloudformation.update_stack, **parameters)

    def delete(self):
        identity = self.describe()["StackId"]
        self.cloudformation.delete_stack(StackName=self.name)
        return self.settled(identity)

    def describe(self, identity=None):
        return self.cloudformation.describe_stacks(StackName=identity or self.name)["Stacks"][0]

    def settled(self, identity=None):
        for _ in range(1200):
            status = self.describe(identity)["StackStatus"]
            if not status.endswith("IN_PROGRESS"):
                return status
            time.sleep(0.05)
        raise AssertionError(f"still {status}")

    def outputs(self):
        outputs = self.describe().get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    def resources(self):
        listed = self.cloudformation.describe_stack_resources(StackName=self.name)
        return {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for resource in listed["StackResources"]
        }

    def failures(self):
        events = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        return [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
            for event in events
            if event["ResourceStatus"].endswith("FAILED")
        ]

    def left(self):
        """The names of queues, tables, functions, roles and policies on the server."""
        client = lambda service: self.server.client(service, region=self.region)
        queues = client("sqs").list_queues().get("QueueUrls", [])
        iam = client("iam")
        return sorted(
            [url.rsplit("/", 1)[1] for url in queues]
            + client("dynamodb").list_tables()["TableNames"]
            + [each["FunctionName"] for each in client("lambda").list_functions()["Functions"]]
            + [each["RoleName"] for each in iam.list_roles()["Roles"]]
            + [each["PolicyName"] for each in iam.list_policies(Scope="Local")["Policies"]]
        )


def packed(binary):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        archive.writestr(entry, binary)
    return buffer.getvalue()
