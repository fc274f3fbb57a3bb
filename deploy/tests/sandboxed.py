"""Policies of the template, for the queues and the table of recoctl's sandbox. Run as a program, it
prints the function's."""

import json

from resolve import Deployed, load

REGION = "us-east-1"
ACCOUNT = "000000000000"


def operators(*names):
    """The managed policies of these logical names, as one document."""
    resources = Deployed(load()).resources()
    return sandboxed(sum((statements(resources[name][1]) for name in names), []))


def function():
    """What the function's role allows."""
    _, role = Deployed(load()).resources()["FunctionRole"]
    return sandboxed(sum(map(statements, role["Policies"]), []))


def statements(policy):
    return policy["PolicyDocument"]["Statement"]


def sandboxed(statements):
    text = json.dumps({"Version": "2012-10-17", "Statement": statements})
    for old, new in {
        "<Queue.Arn>": f"arn:aws:sqs:{REGION}:{ACCOUNT}:recs",
        "<Dlq.Arn>": f"arn:aws:sqs:{REGION}:{ACCOUNT}:recs-dlq",
        "<Table.Arn>": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/recommendations",
        "<FunctionLogs.Arn>": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/recs-writer:*",
        "eu-west-1:123456789012": f"{REGION}:{ACCOUNT}",
    }.items():
        text = text.replace(old, new)
    assert "<" not in text, text
    return text


if __name__ == "__main__":
    print(function())
