"""recoctl as an operator with the stack's policies, on what the stack made: the independent server
enforces IAM. It lacks StartMessageMoveTask and ListDeadLetterSourceQueues; the sandbox has them."""

import json
import os
import subprocess
import tempfile
import unittest

from server import REGION, Server
from stack import Stack

BAD = '{"data": [[3, [3'
GOOD = '{"data": [[1, [11, 12]]], "generated_at": 1767225600}'


class Permissions(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server(enforce=True))
        iam = self.server.client("iam")
        for group in ("readers", "writers"):
            iam.create_group(GroupName=group)
        self.keys = {}
        for user, groups in {"reader": ["readers"], "writer": ["readers", "writers"], "nobody": []}.items():
            iam.create_user(UserName=user)
            for group in groups:
                iam.add_user_to_group(UserName=user, GroupName=group)
            key = iam.create_access_key(UserName=user)["AccessKey"]
            self.keys[user] = (key["AccessKeyId"], key["SecretAccessKey"])
        self.home = self.enterContext(tempfile.TemporaryDirectory())
        self.sqs = self.server.client("sqs")

    def deploy(self, without=("QueueTls", "DlqTls")):
        """The queues refuse whoever comes without TLS, which this server does not have."""
        self.stack = Stack(self.server, without=without)
        status = self.stack.create(OperatorReadGroups="readers", OperatorWriteGroups="writers")
        self.assertEqual(status, "CREATE_COMPLETE", self.stack.failures())
        # Nothing but these tests takes messages.
        mapping = self.stack.outputs()["MappingId"]
        self.server.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=False)

    def recoctl(self, user, *arguments):
        key, secret = self.keys[user]
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": self.home,
            "XDG_STATE_HOME": self.home,
            "XDG_CONFIG_HOME": self.home,
            "AWS_ENDPOINT_URL": self.server.endpoint,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_COLOR": "1",
            "RECOCTL_QUEUE": "recs",
            "RECOCTL_TABLE": "recs-recommendations",
            "RECOCTL_FUNCTION": "recs-writer",
            "RECOCTL_FACTS": "none",
        }
        return subprocess.run(
            [os.environ["RECOCTL"], *arguments],
            env=environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def told(self, user, *arguments, codes=(0,)):
        done = self.recoctl(user, *arguments)
        told = done.stdout + done.stderr
        self.assertIn(done.returncode, codes, f"{arguments}: {told}")
        self.assertNotIn("AccessDenied", told, arguments)
        return told

    def denied(self, user, action, *arguments):
        done = self.recoctl(user, *arguments)
        self.assertNotEqual(done.returncode, 0, f"{arguments}: {done.stdout}")
        self.assertIn(action, done.stdout + done.stderr, arguments)

    def put(self, *bodies):
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.stack.outputs()["DlqUrl"], MessageBody=body)

    def recs(self):
        path = os.path.join(self.home, "recs.jsonl")
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"user_id": 7, "recommended_note_ids": [1, 2], "generated_at": 1767225600}\n')
        return path

    def test_the_queues_refuse_calls_without_tls(self):
        self.deploy(without=())
        self.denied("writer", "explicit deny in a resource-based policy", "dlq", "peek")

    def test_who_may_look_can_look_and_change_nothing(self):
        self.deploy()
        self.put(GOOD, BAD)
        told = self.told("reader", "dlq", "classify", "--all")
        self.assertIn("malformed", told)
        self.told("reader", "dlq", "peek")
        self.told("reader", "dlq", "redrive", "--dry-run")
        self.told("reader", "backfill", self.recs(), "--dry-run")
        self.told("reader", "metrics", codes=(0, 1, 2, 3, 4, 5, 6))
        self.denied("reader", "SendMessage", "dlq", "redrive", "--yes", "--rate", "50")
        self.denied("reader", "BatchWriteItem", "backfill", self.recs())

    def test_who_may_act_can_act_and_not_purge_unseen(self):
        self.deploy()
        self.put(GOOD, BAD)
        self.told("writer", "backfill", self.recs())
        self.told("writer", "backfill", self.recs(), "--if-newer", codes=(5,))  # as new
        self.told("writer", "verify", self.recs())
        saved = os.path.join(self.home, "saved.jsonl")
        self.told("writer", "dlq", "export", saved)
        self.told("writer", "dlq", "redrive", "--yes", "--rate", "50", codes=(0, 3))
        backup = os.path.join(self.home, "backup.jsonl")
        self.told("writer", "dlq", "purge", "--class", "malformed", "--backup", backup, "--yes")
        self.told("writer", "dlq", "import", backup, "--to", "recs-dlq", "--yes")
        self.denied("writer", "PurgeQueue", "dlq", "purge", "--all-now", "--yes")
        self.assertEqual(len(self.messages("DlqUrl")), 1)

    def messages(self, output):
        url = self.stack.outputs()[output]
        return self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])

    def test_who_has_no_policy_gets_nowhere(self):
        self.deploy()
        for arguments in (["dlq", "peek"], ["backfill", self.recs(), "--dry-run"]):
            done = self.recoctl("nobody", *arguments)
            self.assertNotEqual(done.returncode, 0, f"{arguments}: {done.stdout}")

    def test_the_function_may_do_its_part_with_its_role(self):
        """With credentials of the role that the stack made: what the function calls, and not more."""
        self.deploy()
        iam, role = self.server.client("iam"), self.stack.resources()["FunctionRole"]
        document = iam.get_role_policy(RoleName=role, PolicyName="pipeline")["PolicyDocument"]
        iam.create_user(UserName="as-function")
        iam.put_user_policy(
            UserName="as-function", PolicyName="pipeline", PolicyDocument=json.dumps(document)
        )
        key = iam.create_access_key(UserName="as-function")["AccessKey"]
        credentials = {"key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}
        table = self.server.client("dynamodb", **credentials)
        name, item = "recs-recommendations", {"user_id": {"N": "1"}}
        table.describe_table(TableName=name)
        table.scan(TableName=name, Limit=1)
        table.put_item(TableName=name, Item=item)
        table.batch_write_item(RequestItems={name: [{"PutRequest": {"Item": item}}]})
        table.batch_get_item(RequestItems={name: {"Keys": [item]}})
        sqs = self.server.client("sqs", **credentials)
        self.sqs.send_message(QueueUrl=self.stack.outputs()["QueueUrl"], MessageBody=GOOD)
        received = sqs.receive_message(QueueUrl=self.stack.outputs()["QueueUrl"])["Messages"]
        sqs.delete_message(
            QueueUrl=self.stack.outputs()["QueueUrl"], ReceiptHandle=received[0]["ReceiptHandle"]
        )
        for refused in (
            lambda: table.delete_item(TableName=name, Key=item),
            lambda: table.delete_table(TableName=name),
            lambda: table.describe_table(TableName="others"),
            lambda: sqs.send_message(QueueUrl=self.stack.outputs()["QueueUrl"], MessageBody="x"),
            lambda: sqs.receive_message(QueueUrl=self.stack.outputs()["DlqUrl"]),
        ):
            with self.assertRaisesRegex(Exception, "AccessDenied"):
                refused()


if __name__ == "__main__":
    unittest.main()
