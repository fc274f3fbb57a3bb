"""Every SDK call that recoctl and the function make stands in the policies, and nothing more: read from
the sources and from the services' models on one side, from the template on the other."""

import json
import pathlib
import re
import unittest

import awscli.botocore
import cfnlint

from resolve import Deployed, load
from test_schemas import ALL
from where import REPOSITORY

# The SDK crates in use, and their services: the name in botocore, the prefix of IAM.
SERVICES = {
    "sqs": ("sqs", "sqs"),
    "dynamodb": ("dynamodb", "dynamodb"),
    "cloudwatch": ("cloudwatch", "cloudwatch"),
    "cloudwatchlogs": ("logs", "logs"),
    "lambda": ("lambda", "lambda"),
    "secretsmanager": ("secretsmanager", "secretsmanager"),
    "sts": ("sts", "sts"),
}
# AWS: "Actions, resources, and condition keys for Amazon SQS": batches need the action of one.
SINGLE = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}
# Permissions that no call of the SDK asks for.
OPERATORS_BESIDE = {
    "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey",  # keys, by way of the services
    "rds-db:connect",  # a token is signed, not called for
}  # fmt: skip
# Calls that need no permission. AWS: GetCallerIdentity: "No permissions are required to perform this
# operation."
FREE = {"sts:GetCallerIdentity"}
# What Lambda does as the function: polls, logs, connects to the VPC.
LAMBDAS_OWN = {
    "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
    "logs:CreateLogStream", "logs:PutLogEvents",
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
}  # fmt: skip
# Modules of the shared crate that the function does not link: what only recoctl does with the table.
NOT_THE_FUNCTIONS = {"reader.rs", "generated_at.rs", "snapshot.rs", "replica.rs"}


def operations():
    """Method of the Rust SDK to IAM action, for every operation of the services."""
    data = pathlib.Path(awscli.botocore.__file__).parent / "data"
    found = {}
    for directory, prefix in SERVICES.values():
        newest = sorted((data / directory).iterdir())[-1]
        model = json.loads((newest / "service-2.json").read_text(encoding="utf-8"))
        for operation in model["operations"]:
            method = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation).lower()
            action = f"{prefix}:{operation}"
            found.setdefault(method, set()).add(SINGLE.get(action, action))
    return found


OPERATIONS = operations()


def sources(*roots):
    for root in roots:
        for path in sorted((REPOSITORY / root).rglob("*.rs")):
            yield path, without_tests(path.read_text(encoding="utf-8"))


def without_tests(code):
    return code.split("#[cfg(test)]")[0]


def called(*roots, leaving_out=frozenset()):
    """The actions of the calls in these sources: a method of an operation's name, without arguments,
    is how the SDK begins one. Neither the file nor its module uses the service's crate: no call."""
    actions = {}
    for path, code in sources(*roots):
        if path.name in leaving_out:
            continue
        code = re.sub(r"//.*", "", code)
        for method in re.findall(r"\.\s*([a-z][a-z0-9_]*)\(\)", code):
            for action in OPERATIONS.get(method, ()):
                service = action.split(":")[0]
                crate = {"logs": "cloudwatchlogs"}.get(service, service)
                module = path.parent.with_suffix(".rs")
                around = module.read_text(encoding="utf-8") if module.is_file() else ""
                if f"aws_sdk_{crate}" in code + around:
                    actions.setdefault(action, set()).add(path.name)
    return actions


def granted(documents):
    actions = set()
    for document in documents:
        for statement in document["Statement"]:
            listed = statement["Action"]
            actions |= {listed} if isinstance(listed, str) else set(listed)
    return actions


class Calls(unittest.TestCase):
    def setUp(self):
        self.resources = Deployed(load(), **ALL).resources()

    def document(self, name):
        return self.resources[name][1]["PolicyDocument"]

    def test_the_crates_of_all_services_are_looked_at(self):
        manifest = (REPOSITORY / "Cargo.toml").read_text(encoding="utf-8")
        used = set(re.findall(r"^aws-sdk-([a-z]+)", manifest, flags=re.M))
        self.assertLessEqual(used, set(SERVICES))
        self.assertIn("sqs", used)

    def test_operators_may_make_every_call_of_recoctl_and_nothing_more(self):
        policies = ("OperatorReadPolicy", "OperatorWritePolicy", "OperatorPurgePolicy")
        allowed = granted(map(self.document, policies))
        calls = called("src", "crates/reco-ops/src", "crates/reco-store/src")
        # A rehearsal copies the table's layout into a sandbox of its own.
        self.assertEqual(calls.pop("dynamodb:CreateTable"), {"replica.rs"})
        needed = {action: files for action, files in calls.items() if action not in FREE}
        denied = {action: files for action, files in needed.items() if action not in allowed}
        self.assertEqual(denied, {}, "recoctl would meet AccessDenied")
        self.assertEqual(allowed - set(calls) - OPERATORS_BESIDE, set(), "granted for no call")
        self.assertGreater(len(calls), 18, calls)

    def test_purging_is_in_a_policy_of_its_own(self):
        usual = map(self.document, ("OperatorReadPolicy", "OperatorWritePolicy"))
        self.assertNotIn("sqs:PurgeQueue", granted(usual))
        lock = {"sqs:TagQueue", "sqs:UntagQueue"}
        purge = granted([self.document("OperatorPurgePolicy")])
        self.assertEqual(purge, {"sqs:PurgeQueue"} | lock)

    def test_the_function_may_make_its_calls_and_nothing_more(self):
        role = self.resources["FunctionRole"][1]
        allowed = granted(policy["PolicyDocument"] for policy in role["Policies"])
        calls = called(
            "crates/reco-lambda/src", "crates/reco-store/src", leaving_out=NOT_THE_FUNCTIONS
        )
        # The shared crate deletes and asks for the TTL on behalf of recoctl only.
        calls = {action: files for action, files in calls.items() if action not in RECOCTLS_ALONE}
        denied = {action: files for action, files in calls.items() if action not in allowed}
        self.assertEqual(denied, {})
        beside = LAMBDAS_OWN | OPERATORS_BESIDE
        self.assertEqual(allowed - set(calls) - beside, set(), "granted for no call")

    def test_actions_are_granted_on_resources_where_they_know_any_and_on_all_where_not(self):
        """AWS: Service Authorization Reference, as cfn-lint brings it. An action that knows no
        resources is not allowed by an ARN, and one that does should not be allowed on all."""
        path = pathlib.Path(cfnlint.__file__).parent / "data/AdditionalSpecs/Policies.json"
        known = json.loads(path.read_text(encoding="utf-8"))
        looked_at = 0
        for name, (kind, properties) in self.resources.items():
            documents = [properties.get("PolicyDocument")] if kind == "AWS::IAM::ManagedPolicy" else []
            if kind == "AWS::IAM::Role":
                documents = [policy["PolicyDocument"] for policy in properties["Policies"]]
            for statement in sum((document["Statement"] for document in documents), []):
                # Lambda makes interfaces in subnets and groups that only it knows by then; metrics
                # are read as a whole, data sets are of another kind.
                if statement.get("Sid") in ("NetworkInterfaces", "ReadMetrics"):
                    continue
                actions = statement["Action"]
                for action in [actions] if isinstance(actions, str) else actions:
                    service, operation = action.split(":")
                    spec = known.get(service, {}).get("Actions", {}).get(operation.lower())
                    if spec is None:
                        continue
                    looked_at += 1
                    everywhere = statement["Resource"] == "*"
                    self.assertEqual(everywhere, not spec.get("Resources"), f"{name}: {action}")
        self.assertGreater(looked_at, 40)

    def test_who_looks_may_change_nothing(self):
        looking = granted([self.document("OperatorReadPolicy")])
        changing = re.compile(r":(Send|Delete|Put|BatchWrite|Update|Create|Purge|Start|Cancel)")
        self.assertEqual([each for each in looking if changing.search(each)], [])

    def test_bulk_loads_are_allowed_what_their_commands_call(self):
        bulk = granted([self.document("OperatorBulkPolicy")])
        printed = (REPOSITORY / "crates/reco-ops/src/backfill/sink/emit/commands.rs").read_text()
        commands = set(re.findall(r"aws dynamodb ([a-z-]+)", printed))
        self.assertIn("start-bulk-put-items", commands)
        for command in commands:
            action = "".join(word.capitalize() for word in command.split("-"))
            self.assertIn(f"dynamodb:{action}", bulk)
        known = {action for actions in OPERATIONS.values() for action in actions}
        unknown = {each for each in bulk if each.startswith("dynamodb:")} - known
        # Of 2026: younger than the models of this AWS CLI.
        young = ("StartBulkPutItems", "DescribeBulkOperation", "CancelBulkOperation")
        self.assertLessEqual(unknown, {f"dynamodb:{each}" for each in young})


RECOCTLS_ALONE = {"dynamodb:DeleteItem", "dynamodb:DescribeTimeToLive"}


if __name__ == "__main__":
    unittest.main()
