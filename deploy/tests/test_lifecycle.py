"""The template through an independent implementation of CloudFormation (ministack): what a team goes
through with it. What that covers and what it does not: deploy/README.md, "How the template is tested"."""

import os
import pathlib
import subprocess
import unittest

from server import REGION, Server
from stack import Stack
from where import REPOSITORY

KEPT = ["recs", "recs-dlq", "recs-recommendations"]

# Another value for each parameter, set one after the other onto a running stack.
OTHER = {
    "CodeKey": "writer/2.zip",
    "VisibilityTimeoutSeconds": "300",
    "QueueRetentionSeconds": "86400",
    "DlqRetentionSeconds": "1000000",
    "MaxReceiveCount": "8",
    "FunctionTimeoutSeconds": "40",
    "FunctionMemoryMb": "1024",
    "ReservedConcurrency": "5",
    "LogRetentionDays": "7",
    "BatchSize": "20",
    "BatchWindowSeconds": "10",
    "MaximumConcurrency": "3",
    "MaxWriteRequestUnits": "5000",
    "TtlEnabled": "false",
    "TtlAttribute": "gone_at",
    "TableDeletionProtection": "true",
    "PolicyFingerprint": "0" * 64,
    "PolicyToml": "limits.max_len = 5",
    "FactsUrl": "sqlite:/var/task/facts.sqlite",
    "FactsTablesToml": "users.table = 'members'",
    "FactsCacheArticles": "5000",
    "FactsCacheSeconds": "30",
    "RdsProxyPort": "3307",
    "RdsProxyResourceId": "prx-0123",
    "RdsProxyUser": "facts",
    "RdsSecretArn": f"arn:aws:secretsmanager:{REGION}:000000000000:secret:facts-AbCdEf",
    "EndpointSecurityGroupId": "sg-0e0e0e0e0e0e0e0e0",
    "HttpsEgressCidr": "10.0.0.0/8",
    "QueueKmsKeyArn": f"arn:aws:kms:{REGION}:000000000000:key/queue",
    "TableKmsKeyArn": f"arn:aws:kms:{REGION}:000000000000:key/table",
    "SecretKmsKeyArn": f"arn:aws:kms:{REGION}:000000000000:key/secret",
    "LogsKmsKeyArn": f"arn:aws:kms:{REGION}:000000000000:key/logs",
    "AlarmTopicArn": f"arn:aws:sns:{REGION}:000000000000:oncall",
    "AgeAlarmSeconds": "1800",
    "WriteThrottleAlarmThreshold": "5",
    "ReturnedAlarmThreshold": "5",
    "ProducerRoles": "inference",
    "OperatorReadRoles": "oncall,support",
    "OperatorReadGroups": "sre",
    "OperatorWriteRoles": "oncall",
    "OperatorWriteGroups": "sre",
    "BulkBucket": "bulk-files",
}
# Set together, as the template's rule asks, and before the others of the VPC.
VPC = {
    "VpcId": "vpc-0123",
    "SubnetIds": "subnet-0a,subnet-0b",
    "RdsProxySecurityGroupId": "sg-0123",
    "RdsProxyEndpoint": "proxy.example.com",
    "DynamoDbPrefixListId": "pl-0123",
}
# Given instead of the text, and so after it.
FILES = {
    "PolicyFile": {"PolicyToml": "", "PolicyFile": "policy.toml"},
    "FactsTablesFile": {"FactsTablesToml": "", "FactsTablesFile": "tables.toml"},
}
APART = {"CodeBucket", "CodeObjectVersion", "PipelineName", "UserIdType"}


class Lifecycle(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())
        self.stack = Stack(self.server)

    def reach(self, wanted, status):
        self.assertEqual(status, wanted, self.stack.failures())

    def bucket_elsewhere(self):
        """Lambda refuses code from a bucket of another region."""
        other = "us-west-2"
        self.server.client("s3", region=other).create_bucket(
            Bucket="elsewhere", CreateBucketConfiguration={"LocationConstraint": other}
        )
        return "elsewhere"

    def principals(self):
        iam = self.server.client("iam")
        for role in ("inference", "oncall", "support"):
            iam.create_role(RoleName=role, AssumeRolePolicyDocument='{"Statement": []}')
        iam.create_group(GroupName="sre")

    def test_a_first_deployment_that_fails_leaves_nothing_and_can_be_tried_again(self):
        status = self.stack.create(CodeBucket=self.bucket_elsewhere())
        self.reach("ROLLBACK_COMPLETE", status)
        self.assertIn("Function", " ".join(self.stack.failures()))
        self.assertEqual(self.stack.left(), [])
        self.stack.delete()
        status = self.stack.create(CodeBucket=f"builds-{REGION}")
        self.reach("CREATE_COMPLETE", status)

    def test_the_defaults_create_everything_and_recoctl_toml(self):
        self.reach("CREATE_COMPLETE", self.stack.create())
        self.assertIn('queue = "arn:aws:sqs:', self.stack.outputs()["RecoctlToml"])
        sqs = self.server.client("sqs")
        for output in ("QueueUrl", "DlqUrl"):
            url = self.stack.outputs()[output]
            attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
            policy = attributes["Attributes"]["Policy"]
            self.assertIn(f'"{attributes["Attributes"]["QueueArn"]}"', policy)
            self.assertIn("aws:SecureTransport", policy)

    def test_each_parameter_can_be_changed_alone(self):
        self.principals()
        self.server.client("s3").create_bucket(
            Bucket="bulk-files", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        self.reach("CREATE_COMPLETE", self.stack.create())
        before = self.stack.resources()
        replaced = {}
        steps = [("VPC", VPC)] + [(name, {name: value}) for name, value in OTHER.items() if value]
        for name, values in steps + list(FILES.items()):
            with self.subTest(name):
                self.reach("UPDATE_COMPLETE", self.stack.update(**values))
                after = self.stack.resources()
                changed = [key for key in before if key in after and before[key] != after[key]]
                if changed:
                    replaced[name] = changed
                before |= after
        self.assertEqual(replaced, {}, "nothing is replaced")
        known = set(OTHER) | set(VPC) | set(FILES) | APART
        summary = self.stack.cloudformation.get_template_summary(TemplateURL=self.stack.url)
        declared = {parameter["ParameterKey"] for parameter in summary["Parameters"]}
        self.assertEqual(known, declared, "every parameter is tried")
        self.seen()

    def test_code_of_another_bucket_and_of_a_version_is_taken(self):
        s3 = self.server.client("s3")
        bucket = "other-builds"
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
        )
        old = s3.get_object(Bucket=f"builds-{REGION}", Key="writer/1.zip")["Body"].read()
        first = s3.put_object(Bucket=bucket, Key="writer/1.zip", Body=old)["VersionId"]
        new = s3.get_object(Bucket=f"builds-{REGION}", Key="writer/2.zip")["Body"].read()
        s3.put_object(Bucket=bucket, Key="writer/1.zip", Body=new)

        self.reach("CREATE_COMPLETE", self.stack.create())
        self.reach("UPDATE_COMPLETE", self.stack.update(CodeBucket=bucket))
        after = self.code()
        self.reach("UPDATE_COMPLETE", self.stack.update(CodeObjectVersion=first))
        self.assertNotEqual(self.code(), after, "an older version is other code")
        self.reach("UPDATE_COMPLETE", self.stack.update(CodeObjectVersion=""))
        self.assertEqual(self.code(), after)

    def code(self):
        function = self.server.client("lambda").get_function(FunctionName="recs-writer")
        return function["Configuration"]["CodeSha256"]

    def seen(self):
        """What the last of the updates left in the services."""
        function = self.server.client("lambda").get_function_configuration(
            FunctionName="recs-writer"
        )
        variables = function["Environment"]["Variables"]
        self.assertEqual(variables["RECO_POLICY"], "policy.toml")
        self.assertEqual(function["Timeout"], 40)
        iam = self.server.client("iam")
        held = lambda role: {
            policy["PolicyArn"]
            for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        }
        outputs = self.stack.outputs()
        read, write = outputs["OperatorReadPolicyArn"], outputs["OperatorWritePolicyArn"]
        self.assertEqual(held("oncall"), {read, write})
        self.assertEqual(held("support"), {read})
        self.assertEqual(held("inference"), {outputs["ProducerPolicyArn"]})

    def test_a_change_of_the_keys_type_is_refused_and_changes_nothing(self):
        self.reach("CREATE_COMPLETE", self.stack.create())
        table = self.server.client("dynamodb")
        before = table.describe_table(TableName="recs-recommendations")["Table"]
        self.reach("UPDATE_ROLLBACK_COMPLETE", self.stack.update(UserIdType="S"))
        self.assertIn("Table", " ".join(self.stack.failures()))
        after = table.describe_table(TableName="recs-recommendations")["Table"]
        self.assertEqual(before["AttributeDefinitions"], after["AttributeDefinitions"])

    def test_another_description_of_a_policy_is_no_collision(self):
        self.principals()
        self.reach("CREATE_COMPLETE", self.stack.create(OperatorReadRoles="oncall"))
        self.rewrite("recoctl - dlq peek,", "recoctl - look, peek,")
        first = self.stack.outputs()["OperatorReadPolicyArn"]
        self.reach("UPDATE_COMPLETE", self.stack.update())
        second = self.stack.outputs()["OperatorReadPolicyArn"]
        self.assertNotEqual(first, second, "a description is create-only: the policy is another")
        iam = self.server.client("iam")
        held = iam.list_attached_role_policies(RoleName="oncall")["AttachedPolicies"]
        self.assertEqual([policy["PolicyArn"] for policy in held], [second])

    def rewrite(self, old, new):
        s3 = self.server.client("s3")
        at = {"Bucket": f"builds-{REGION}", "Key": "template.yaml"}
        text = s3.get_object(**at)["Body"].read().decode()
        self.assertIn(old, text)
        s3.put_object(Body=text.replace(old, new).encode(), **at)

    def test_the_same_pipeline_stands_in_two_regions(self):
        self.reach("CREATE_COMPLETE", self.stack.create())
        other = Stack(self.server, region="eu-central-1")
        status = other.create()
        self.assertEqual(status, "CREATE_COMPLETE", other.failures())

    def test_a_deletion_takes_policies_off_and_keeps_queues_and_table(self):
        self.principals()
        self.reach("CREATE_COMPLETE", self.stack.create(OperatorReadRoles="oncall"))
        self.reach("DELETE_COMPLETE", self.stack.delete())
        iam = self.server.client("iam")
        held = iam.list_attached_role_policies(RoleName="oncall")["AttachedPolicies"]
        self.assertEqual(held, [])
        self.assertEqual(self.stack.left(), sorted(KEPT + ["inference", "oncall", "support"]))

    def test_what_a_deleted_stack_left_is_taken_back_with_its_content(self):
        self.reach("CREATE_COMPLETE", self.stack.create(TableDeletionProtection="true"))
        sqs, table = self.server.client("sqs"), self.server.client("dynamodb")
        sqs.send_message(QueueUrl=self.stack.outputs()["DlqUrl"], MessageBody="kept")
        key = {"user_id": {"N": "1"}}
        table.put_item(TableName="recs-recommendations", Item=key)
        self.stack.delete()
        self.assertEqual(self.stack.left(), KEPT)

        parameters = ["CodeKey=writer/1.zip", f"CodeBucket=builds-{REGION}"]
        self.take_back("recs", *parameters)
        self.assertEqual(set(self.stack.resources()), {"Queue", "Dlq", "Table"})
        self.reach("UPDATE_COMPLETE", self.stack.update())
        self.assertIn("Function", self.stack.resources())
        got = table.get_item(TableName="recs-recommendations", Key=key)
        self.assertEqual(got["Item"], key)
        received = sqs.receive_message(QueueUrl=self.stack.outputs()["DlqUrl"])
        self.assertEqual(received["Messages"][0]["Body"], "kept")

    def take_back(self, *arguments):
        tools = pathlib.Path(os.environ["DEPLOY_TOOLS"])
        environment = os.environ | {
            "PATH": f"{tools}:{os.environ['PATH']}",
            "AWS_ENDPOINT_URL": self.server.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
        }
        done = subprocess.run(
            [REPOSITORY / "deploy/take-back", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
