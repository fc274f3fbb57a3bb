//! Security boundaries of the pipeline: keys, egress, and trust policies.

use serde_json::{Value, json};

use crate::cloudformation::Template;
use crate::template::deployed;

const ACCOUNT: &str = "123456789012";
pub const VPC: [(&str, &str); 5] = [
    ("VpcId", "vpc-1"),
    ("SubnetIds", "subnet-1,subnet-2"),
    ("RdsProxySecurityGroupId", "sg-1"),
    ("RdsProxyEndpoint", "proxy.example.com"),
    ("DynamoDbPrefixListId", "pl-1"),
];
const KEYS: [(&str, &str); 4] = [
    ("QueueKmsKeyArn", "arn:aws:kms:eu-west-1:123456789012:key/queue"),
    ("TableKmsKeyArn", "arn:aws:kms:eu-west-1:123456789012:key/table"),
    ("SecretKmsKeyArn", "arn:aws:kms:eu-west-1:123456789012:key/secret"),
    ("LogsKmsKeyArn", "arn:aws:kms:eu-west-1:123456789012:key/logs"),
];

pub fn with(parameters: &[(&str, &str)]) -> Template {
    let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, json!(value))).collect();
    deployed(&parameters)
}

/// Returns the policy statements about KMS keys, each with its policy's name.
fn key_statements(template: &Template) -> Vec<(String, Value)> {
    let role = template.properties("FunctionRole")["Policies"][0]["PolicyDocument"].clone();
    let managed = template.resources("AWS::IAM::ManagedPolicy").into_iter();
    let managed = managed.map(|id| (id.clone(), template.properties(id)["PolicyDocument"].clone()));
    let mut found = Vec::new();
    for (id, document) in managed.chain([("FunctionRole".to_owned(), role)]) {
        for statement in document["Statement"].as_array().unwrap() {
            if statement["Action"].to_string().contains("kms:") {
                found.push((id.clone(), statement.clone()));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

#[test]
fn without_keys_of_ones_own_nobody_gets_a_right_on_any() {
    let template = with(&[]);
    assert_eq!(key_statements(&template), []);
    for queue in ["Queue", "Dlq"] {
        let queue = template.properties(queue);
        assert!(queue["SqsManagedSseEnabled"] == true && queue.get("KmsMasterKeyId").is_none());
    }
    assert!(template.properties("Table").get("SSESpecification").is_none());
    assert!(template.properties("FunctionLogs").get("KmsKeyId").is_none());
}

#[test]
fn keys_of_ones_own_encrypt_and_each_side_can_use_what_it_needs_by_way_of_the_service() {
    let template = with(&KEYS);
    for queue in ["Queue", "Dlq"] {
        let queue = template.properties(queue);
        // AWS rejects a queue with both.
        assert!(queue.get("SqsManagedSseEnabled").is_none(), "{queue}");
        assert_eq!(queue["KmsMasterKeyId"], KEYS[0].1);
    }
    assert_eq!(template.properties("Table")["SSESpecification"]["KMSMasterKeyId"], KEYS[1].1);
    assert_eq!(template.properties("FunctionLogs")["KmsKeyId"], KEYS[3].1);

    let mut said = Vec::new();
    for (whose, statement) in key_statements(&template) {
        let on = statement["Resource"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let service = match on.as_str() {
            "queue" => "sqs",
            "table" => "dynamodb",
            _ => "secretsmanager",
        };
        let via = &statement["Condition"]["StringEquals"]["kms:ViaService"];
        assert_eq!(*via, format!("{service}.eu-west-1.amazonaws.com"), "{whose}");
        let actions = statement["Action"].to_string().replace(['[', ']', '"'], "");
        said.push(format!("{whose}: {actions} on {on}"));
    }
    let expected = [
        "FunctionRole: kms:Decrypt on queue",
        "FunctionRole: kms:Decrypt,kms:DescribeKey on table",
        "FunctionRole: kms:Decrypt on secret",
        "OperatorReadPolicy: kms:Decrypt on secret",
        "OperatorReadPolicy: kms:Decrypt on queue",
        "OperatorReadPolicy: kms:Decrypt,kms:DescribeKey on table",
        "OperatorWritePolicy: kms:GenerateDataKey on queue",
        "ProducerPolicy: kms:GenerateDataKey,kms:Decrypt on queue",
    ];
    assert_eq!(said, expected);
}

/// Each queue's policy is about that queue alone, by its exact ARN, and stays as long as it does.
#[test]
fn each_queue_refuses_calls_without_tls_by_a_policy_of_its_own() {
    let template = with(&[("PipelineName", "films")]);
    for (policy, queue, name) in [("QueueTls", "Queue", "films"), ("DlqTls", "Dlq", "films-dlq")] {
        let properties = template.properties(policy);
        assert_eq!(properties["Queues"], json!([name]));
        let statement = &properties["PolicyDocument"]["Statement"][0];
        assert_eq!(statement["Resource"], format!("arn:aws:sqs:eu-west-1:{ACCOUNT}:{name}"));
        assert_eq!((&statement["Effect"], &statement["Action"]), (&json!("Deny"), &json!("sqs:*")));
        for kept in ["DeletionPolicy", "UpdateReplacePolicy"] {
            let of = |id: &str| template.raw(&format!("/Resources/{id}/{kept}")).clone();
            assert_eq!(of(policy), of(queue), "{policy} {kept}");
        }
    }
    assert_eq!(template.resources("AWS::SQS::QueuePolicy").len(), 2);
}

/// Each egress rule: its port, and where to.
fn egress(template: &Template) -> Vec<String> {
    let group = template.properties("FunctionSecurityGroup");
    let to = |rule: &Value| {
        let to = ["DestinationSecurityGroupId", "DestinationPrefixListId", "CidrIp"];
        let to = to.iter().find_map(|key| rule.get(key)).unwrap();
        assert_eq!(rule["FromPort"], rule["ToPort"]);
        format!("{} {}", rule["FromPort"], to.as_str().unwrap())
    };
    group["SecurityGroupEgress"].as_array().unwrap().iter().map(to).collect()
}

#[test]
fn in_a_vpc_the_function_reaches_what_it_needs_and_no_more() {
    assert_eq!(egress(&with(&VPC)), ["3306 sg-1", "443 pl-1"]);
    let all = [("EndpointSecurityGroupId", "sg-2"), ("HttpsEgressCidr", "10.0.0.0/8")];
    let all: Vec<_> = VPC.into_iter().chain(all).collect();
    let expected = ["3306 sg-1", "443 pl-1", "443 sg-2", "443 10.0.0.0/8"];
    assert_eq!(egress(&with(&all)), expected);
    let needed = with(&[]).raw("/Rules/VpcNeedsItsParts").to_string();
    assert!(needed.contains("VpcId needs DynamoDbPrefixListId"), "{needed}");
}

/// Services may use the roles and topics of this stack only on behalf of this account.
#[test]
fn services_act_for_this_account_alone() {
    let template = with(&[]);
    let role = template.properties("FunctionRole");
    let topic = template.properties("AlarmTopicPolicy");
    let mut seen = 0;
    for document in [&role["AssumeRolePolicyDocument"], &topic["PolicyDocument"]] {
        for statement in document["Statement"].as_array().unwrap() {
            assert!(statement["Principal"]["Service"].is_string(), "{statement}");
            let account = &statement["Condition"]["StringEquals"]["aws:SourceAccount"];
            assert_eq!(account, ACCOUNT, "{statement}");
            seen += 1;
        }
    }
    assert_eq!(seen, 2);
    let text = template.raw("/Resources").to_string();
    assert_eq!(text.matches("\"Service\":").count(), seen, "every service principal was looked at");
    let own = with(&[("AlarmTopicArn", "arn:aws:sns:eu-west-1:123456789012:oncall")]);
    assert!(own.resources("AWS::SNS::TopicPolicy").is_empty(), "another's topic is left alone");
}
