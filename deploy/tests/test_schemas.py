"""The template against CloudFormation's resource schemas, as cfn-lint brings them: what would fail or
mislead in a deployment although the template is well-formed."""

import json
import pathlib
import re
import unittest

import cfnlint
from cfnlint.jsonschema import StandardValidator

from resolve import Deployed, coerced, load, schema, text
from where import REPOSITORY

TEMPLATE = load()

# Everything at once that can be asked for.
ALL = {
    "PolicyFingerprint": "0" * 64,
    "PolicyToml": "limits.max_len = 5",
    "FactsTablesToml": "users.table = 'members'",
    "CodeObjectVersion": "v1",
    "ReservedConcurrency": "5",
    "MaxWriteRequestUnits": "5000",
    "VpcId": "vpc-0123",
    "SubnetIds": "subnet-0a,subnet-0b",
    "RdsProxySecurityGroupId": "sg-0123",
    "RdsProxyEndpoint": "proxy.example.com",
    "DynamoDbPrefixListId": "pl-0123",
    "EndpointSecurityGroupId": "sg-0456",
    "HttpsEgressCidr": "10.0.0.0/8",
    "RdsProxyResourceId": "prx-0123",
    "RdsSecretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:facts-AbCdEf",
    "QueueKmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/1",
    "TableKmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/2",
    "SecretKmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/3",
    "LogsKmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/4",
    "ProducerRoles": "inference",
    "OperatorReadRoles": "oncall,support",
    "OperatorReadGroups": "sre",
    "OperatorWriteRoles": "oncall",
    "OperatorWriteGroups": "sre",
    "BulkBucket": "bulk-files",
}

# AWS: "AWSLambdaVPCAccessExecutionRole" (v3 of 2024-01-05), without its log permissions.
NETWORK_INTERFACES = {
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
}


def others(name):
    """Values that a parameter takes, at its edges and within, besides its default."""
    parameter = TEMPLATE["Parameters"][name]
    if "AllowedValues" in parameter:
        return [text(value) for value in parameter["AllowedValues"]]
    if parameter["Type"] == "Number":
        edges = [parameter.get("MinValue"), parameter.get("MaxValue", 1_000_000)]
        return [text(value) for value in edges if value is not None]
    samples = {
        "PipelineName": ["ab", "a" + "-" * 39],
        "CodeBucket": ["other"],
        "CodeKey": ["writer/2.zip"],
        "TtlAttribute": ["x", "x" * 255],
        "FactsUrl": ["sqlite:/var/task/facts.sqlite", "mysql://reco@proxy/app?auth=iam"],
        "PolicyFile": ["policy.toml"],
        "FactsTablesFile": ["tables.toml"],
        "MaxWriteRequestUnits": ["1", "9999999"],
        "ReservedConcurrency": ["1", "99999"],
        "RdsProxyUser": ["facts"],
        "AlarmTopicArn": ["arn:aws:sns:eu-west-1:123456789012:oncall"],
    }
    return samples.get(name) or [ALL[name]]


def allowed(name, value):
    """Whether CloudFormation takes a value for a parameter, before anything is created."""
    parameter = TEMPLATE["Parameters"][name]
    pattern = parameter.get("AllowedPattern")
    if pattern and not re.fullmatch(pattern, value):
        return False
    if "AllowedValues" in parameter:
        return value in map(text, parameter["AllowedValues"])
    if parameter["Type"] == "Number":
        low = parameter.get("MinValue", float("-inf"))
        return low <= float(value) <= parameter.get("MaxValue", float("inf"))
    return parameter.get("MinLength", 0) <= len(value) <= parameter.get("MaxLength", 4096)


def deletion(name, attribute="DeletionPolicy"):
    return TEMPLATE["Resources"][name].get(attribute)


class Retained(unittest.TestCase):
    """A first deployment that fails must not block the next."""

    def test_what_holds_data_is_kept_but_not_from_a_creation_that_failed(self):
        path = pathlib.Path(cfnlint.__file__).parent / "data/AdditionalSpecs/StatefulResources.json"
        stateful = json.loads(path.read_text(encoding="utf-8"))["ResourceTypes"]
        holding = {
            name
            for name, resource in TEMPLATE["Resources"].items()
            if resource["Type"] in stateful and resource["Type"] != "AWS::Logs::LogGroup"
        }
        self.assertEqual(holding, {"Queue", "Dlq", "Table"})
        kept = holding | {"QueueTls", "DlqTls"}
        for name in TEMPLATE["Resources"]:
            policies = (deletion(name), deletion(name, "UpdateReplacePolicy"))
            expected = ("RetainExceptOnCreate", "Retain") if name in kept else (None, None)
            if name == "FunctionLogs":
                expected = ("Delete", "Delete")
            self.assertEqual(policies, expected, name)

    def test_nothing_refuses_to_be_rolled_back(self):
        for name, (kind, properties) in Deployed(TEMPLATE).resources().items():
            for key, value in properties.items():
                if "DeletionProtection" in key:
                    self.assertIs(value, False, f"{name}.{key}")
        properties = Deployed(TEMPLATE).resources()["Table"][1]
        self.assertIn("DeletionProtectionEnabled", properties)

    def test_what_is_kept_can_be_imported_by_what_is_known_of_it(self):
        identifiers = {"AWS::SQS::Queue": "QueueUrl", "AWS::DynamoDB::Table": "TableName"}
        script = (REPOSITORY / "deploy/take-back").read_text(encoding="utf-8")
        for name in ("Queue", "Dlq", "Table"):
            kind = TEMPLATE["Resources"][name]["Type"]
            known = schema(kind)
            self.assertEqual(known["primaryIdentifier"], [f"/properties/{identifiers[kind]}"])
            self.assertIn("read", known["handlers"], "what cannot be read cannot be imported")
            self.assertIn(f'\\"ResourceType\\": \\"{kind}\\", \\"LogicalResourceId\\": \\"{name}\\"', script)
            self.assertIn(f'\\"{identifiers[kind]}\\"', script)


class Names(unittest.TestCase):
    def test_no_name_is_given_to_what_is_global(self):
        """Names of IAM hold for all regions, and CloudFormation cannot replace what has one."""
        for name, (kind, properties) in Deployed(TEMPLATE, **ALL).resources().items():
            if kind.startswith("AWS::IAM::"):
                given = {key for key in properties if key.endswith("Name")}
                self.assertEqual(given, set(), name)

    def test_which_parameters_cannot_be_changed_in_place(self):
        """A change of a create-only property of a resource with a name of its own is refused; the
        parameters that would ask for it say so."""
        before = Deployed(TEMPLATE, **ALL)
        blocked = {}
        for name in TEMPLATE["Parameters"]:
            for value in others(name):
                after = Deployed(TEMPLATE, **ALL | {name: value})
                for resource in replaced(before.resources(), after.resources()):
                    blocked.setdefault(name, set()).add(resource)
        # Another name makes all of it anew, beside what was: nothing is blocked.
        self.assertIn("Table", blocked.pop("PipelineName"))
        self.assertEqual(blocked, {"UserIdType": {"Table"}})
        description = TEMPLATE["Parameters"]["UserIdType"]["Description"]
        self.assertIn("refuses", description)

    def test_descriptions_of_policies_do_not_vary(self):
        """Descriptions are create-only: one that held a parameter would replace the policy."""
        for name, resource in TEMPLATE["Resources"].items():
            if resource["Type"] == "AWS::IAM::ManagedPolicy":
                self.assertIsInstance(resource["Properties"]["Description"], str, name)


def replaced(before, after):
    """Resources that have a name of their own and would have to be replaced."""
    for name in before.keys() & after.keys():
        kind, old = before[name]
        new = after[name][1]
        known = schema(kind)
        fixed = known.get("createOnlyProperties", [])
        fixed += known.get("conditionalCreateOnlyProperties", [])
        changed = {path for path in fixed if at(old, path) != at(new, path)}
        # Not in the schema, but in the reference: another type of the key's attribute.
        if kind == "AWS::DynamoDB::Table":
            if old["AttributeDefinitions"] != new["AttributeDefinitions"]:
                changed.add("/properties/AttributeDefinitions")
        custom = [path for path in fixed if re.search(r"Name$", path) and at(old, path)]
        if changed and custom:
            yield name


def at(properties, path):
    for key in path.removeprefix("/properties/").split("/"):
        properties = properties.get(key) if isinstance(properties, dict) else None
    return properties


class Values(unittest.TestCase):
    def test_whatever_the_parameters_allow_fits_the_schemas(self):
        for name in TEMPLATE["Parameters"]:
            for value in others(name):
                self.assertTrue(allowed(name, value), f"{name}={value!r}")
                with self.subTest(f"{name}={value[:60]!r}"):
                    self.fits(Deployed(TEMPLATE, **ALL | {name: value}))
        self.fits(Deployed(TEMPLATE))

    def fits(self, deployed):
        for name, (kind, properties) in deployed.resources().items():
            known = schema(kind)
            properties = coerced(properties, known, known)
            errors = StandardValidator(known).iter_errors(properties)
            # A reference stands for a value that only a deployment knows.
            told = [error.message for error in errors if not re.search(r"<\w", str(error.instance))]
            self.assertEqual(told, [], name)

    def test_values_that_would_fail_are_refused_before(self):
        for name, value in [
            ("MaxWriteRequestUnits", "0"),  # the schema's minimum is 1
            ("MaxWriteRequestUnits", "-2"),
            ("ReservedConcurrency", "0"),  # throttles every invocation, and messages go to the DLQ
            ("FunctionTimeoutSeconds", "1"),  # the function keeps as much for its answer
            ("FunctionTimeoutSeconds", "4"),
            ("SubnetIds", "subnet-0a"),  # one zone
            ("SubnetIds", "subnet-0a, subnet-0b"),
            ("PolicyToml", "x" * 1001),
            ("PolicyToml", "# für alle"),  # not one byte a character
            ("FactsTablesToml", "x" * 401),
            ("FactsUrl", "sqlite:" + "x" * 300),
            ("OperatorReadRoles", "a, b"),
            ("OperatorReadRoles", "path/role"),
            ("TtlEnabled", "yes"),
        ]:
            self.assertFalse(allowed(name, value), f"{name}={value!r}")
        bounds = schema("AWS::DynamoDB::Table")["definitions"]["OnDemandThroughput"]
        self.assertEqual(bounds["properties"]["MaxWriteRequestUnits"]["minimum"], 1)

    def test_the_time_to_live_can_be_switched_off_as_the_schema_asks(self):
        """The attribute cannot be changed while the TTL is on: off first, by the property that the
        schema requires, with the attribute that it asks for."""
        spec = schema("AWS::DynamoDB::Table")["definitions"]["TimeToLiveSpecification"]
        self.assertEqual(spec["required"], ["Enabled"])
        off = Deployed(TEMPLATE, TtlEnabled="false").resources()["Table"][1]
        expected = {"AttributeName": "expires_at", "Enabled": False}
        self.assertEqual(off["TimeToLiveSpecification"], expected)

    def test_the_environment_stays_below_4_kilobytes_at_its_worst(self):
        """Lambda measures the variables as JSON, in which a character of plain ASCII takes two
        bytes at most: a quotation mark, a backslash, a line break."""
        longest = ALL | {"PipelineName": "a" * 40, "FactsCacheArticles": "10000000"}
        longest["FactsCacheSeconds"] = "86400"
        for name in ("PolicyToml", "FactsTablesToml", "FactsUrl"):
            longest[name] = '"' * TEMPLATE["Parameters"][name]["MaxLength"]
        for files in ({}, {"PolicyFile": "x" * 100, "FactsTablesFile": "x" * 100}):
            deployed = Deployed(TEMPLATE, **longest | files)
            function = deployed.resources()["Function"][1]
            variables = function["Environment"]["Variables"]
            table = deployed.resources()["Table"][1]["TableName"]
            measured = json.dumps(variables | {"RECO_TABLE": table})
            self.assertLess(len(measured.encode()), 4096)

    def test_policies_are_short_enough(self):
        """AWS: IAM quotas, characters without white space: 6,144 a managed policy, 10,240 a role."""
        longest = ALL | {"PipelineName": "a" * 40}
        for name, (kind, properties) in Deployed(TEMPLATE, **longest).resources().items():
            if kind == "AWS::IAM::ManagedPolicy":
                documents, limit = [properties["PolicyDocument"]], 6144
            elif kind == "AWS::IAM::Role":
                documents, limit = [each["PolicyDocument"] for each in properties["Policies"]], 10240
            else:
                continue
            # References are shorter than the ARNs that they stand for.
            length = sum(len(json.dumps(each, separators=(",", ":"))) for each in documents)
            references = sum(json.dumps(each).count("<") for each in documents)
            self.assertLess(length + 120 * references, limit, name)


class Function(unittest.TestCase):
    def test_every_permission_is_in_the_role_that_the_function_depends_on(self):
        """A policy of its own may come after the function, and after its code on an update."""
        for name, (kind, properties) in Deployed(TEMPLATE, **ALL).resources().items():
            self.assertNotIn(kind, ("AWS::IAM::Policy", "AWS::IAM::RolePolicy"), name)
        role = TEMPLATE["Resources"]["Function"]["Properties"]["Role"]
        self.assertIn(role["Fn::GetAtt"], ("FunctionRole.Arn", ["FunctionRole", "Arn"]))

    def test_in_a_vpc_it_has_what_the_current_managed_policy_has(self):
        self.assertEqual(self.actions("ec2:", **ALL), NETWORK_INTERFACES)
        self.assertEqual(self.actions("ec2:"), set())

    def actions(self, service, **parameters):
        role = Deployed(TEMPLATE, **parameters).resources()["FunctionRole"][1]
        self.assertNotIn("ManagedPolicyArns", role)
        statements = role["Policies"][0]["PolicyDocument"]["Statement"]
        listed = [statement["Action"] for statement in statements]
        flat = sum(([each] if isinstance(each, str) else each for each in listed), [])
        return {action for action in flat if action.startswith(service)}


class Constructs(unittest.TestCase):
    # AWS: CloudFormation, "Rule-specific intrinsic functions".
    DOCUMENTED = {
        "Fn::And", "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn", "Fn::Equals",
        "Fn::Not", "Fn::Or", "Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll", "Ref",
    }  # fmt: skip

    def test_rules_use_what_the_documentation_shows(self):
        """Functions from its list, and comparisons of text with text: a list is none."""
        for name, rule in TEMPLATE["Rules"].items():
            conditions = [rule["RuleCondition"]] + [each["Assert"] for each in rule["Assertions"]]
            for function, argument in walk(conditions):
                self.assertIn(function, self.DOCUMENTED, name)
                if function == "Ref":
                    kind = TEMPLATE["Parameters"][argument]["Type"]
                    self.assertIn(kind, ("String", "Number"), f"{name}: {argument}")
                if function == "Fn::Equals":
                    self.assertIsInstance(argument[1], str, name)

    def test_a_template_of_this_size_is_deployed_from_a_bucket(self):
        """AWS: 51,200 bytes in a call, 1 MB in S3."""
        size = (REPOSITORY / "deploy/template.yaml").stat().st_size
        self.assertLess(size, 1_000_000)
        for page in ("README.md", "first-deployment.md"):
            said = (REPOSITORY / "deploy" / page).read_text(encoding="utf-8")
            commands = re.findall(r"aws cloudformation deploy(?:[^\n]*\\\n)*[^\n]*", said)
            self.assertTrue(commands, page)
            for command in commands:
                if size > 51_200 and "..." not in command:
                    self.assertIn("--s3-bucket", command, page)

    def test_every_parameter_is_shown_in_a_group(self):
        groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        shown = sum((group["Parameters"] for group in groups), [])
        self.assertEqual(sorted(shown), sorted(TEMPLATE["Parameters"]))


def walk(node):
    if isinstance(node, list):
        for item in node:
            yield from walk(item)
    elif isinstance(node, dict):
        for function, argument in node.items():
            yield function, argument
            yield from walk(argument)


if __name__ == "__main__":
    unittest.main()
