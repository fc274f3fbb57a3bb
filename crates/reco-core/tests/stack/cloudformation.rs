//! The subset of CloudFormation needed to evaluate the template: short-form tags, parameters with
//! defaults, conditions, and references between resources.

use std::collections::HashMap;

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

const ACCOUNT: &str = "123456789012";
const REGION: &str = "eu-west-1";

/// A template with its deployment parameters.
pub struct Template {
    root: Value,
    parameters: HashMap<String, Value>,
}

impl Template {
    /// Parses a template and overrides its parameter defaults.
    pub fn deploy(text: &str, parameters: &[(&str, Value)]) -> Self {
        let documents = Yaml::load_from_str(text).unwrap();
        let root = to_json(&documents[0]);
        let mut set: HashMap<String, Value> = parameters_of(&root)
            .filter_map(|(name, parameter)| Some((name.clone(), parameter.get("Default")?.clone())))
            .collect();
        for (name, value) in parameters {
            assert!(root["Parameters"].get(name).is_some(), "no parameter {name}");
            set.insert((*name).to_owned(), value.clone());
        }
        Template { root, parameters: set }
    }

    /// Returns a part of the template as written, by JSON pointer.
    pub fn raw(&self, pointer: &str) -> &Value {
        self.root.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}"))
    }

    /// Returns the logical ids of the resources of a type that are created.
    pub fn resources(&self, kind: &str) -> Vec<&String> {
        let resources = self.raw("/Resources").as_object().unwrap();
        let made = |resource: &Value| {
            resource.get("Condition").is_none_or(|name| self.condition(name.as_str().unwrap()))
        };
        resources
            .iter()
            .filter(|(_, resource)| resource["Type"] == kind && made(resource))
            .map(|(id, _)| id)
            .collect()
    }

    /// Returns a resource's properties as deployed.
    pub fn properties(&self, id: &str) -> Value {
        self.resolve(self.raw(&format!("/Resources/{id}/Properties"))).unwrap()
    }

    /// Returns an output's value as deployed.
    pub fn output(&self, id: &str) -> Value {
        self.resolve(self.raw(&format!("/Outputs/{id}/Value"))).unwrap()
    }

    /// Resolves a value; `None` stands for `AWS::NoValue`, so that the containing entry is left
    /// out.
    fn resolve(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Object(object) if object.len() == 1 => {
                let (key, argument) = object.iter().next().unwrap();
                match key.as_str() {
                    "Ref" => self.reference(argument.as_str().unwrap()),
                    "Fn::GetAtt" => Some(self.attribute(argument.as_str().unwrap())),
                    "Fn::Sub" => Some(Value::String(self.substitute(argument.as_str().unwrap()))),
                    "Fn::If" => {
                        let met = self.condition(argument[0].as_str().unwrap());
                        self.resolve(&argument[if met { 1 } else { 2 }])
                    }
                    "Fn::Split" => {
                        let by = argument[0].as_str().unwrap();
                        let text = plain(&self.resolve(&argument[1]).unwrap());
                        Some(text.split(by).map(Value::from).collect())
                    }
                    key if key.starts_with("Fn::") => panic!("{key} is not read here"),
                    _ => self.resolve_members(object),
                }
            }
            Value::Object(object) => self.resolve_members(object),
            Value::Array(items) => {
                Some(items.iter().filter_map(|item| self.resolve(item)).collect())
            }
            scalar => Some(scalar.clone()),
        }
    }

    fn resolve_members(&self, object: &Map<String, Value>) -> Option<Value> {
        let members = object.iter();
        let kept = members.filter_map(|(key, value)| Some((key.clone(), self.resolve(value)?)));
        Some(Value::Object(kept.collect()))
    }

    fn reference(&self, name: &str) -> Option<Value> {
        match name {
            "AWS::NoValue" => None,
            "AWS::Partition" => Some(json!("aws")),
            "AWS::Region" => Some(json!(REGION)),
            "AWS::AccountId" => Some(json!(ACCOUNT)),
            _ => match self.parameters.get(name) {
                Some(value) => Some(value.clone()),
                None => Some(self.name_of(name)),
            },
        }
    }

    /// Returns the value of a reference to a resource: its configured name, or else its logical id.
    fn name_of(&self, id: &str) -> Value {
        let properties = self.raw(&format!("/Resources/{id}/Properties"));
        ["QueueName", "TableName", "FunctionName"]
            .iter()
            .filter(|_| {
                self.raw(&format!("/Resources/{id}/Type")) != "AWS::Lambda::EventSourceMapping"
            })
            .find_map(|key| self.resolve(properties.get(key)?))
            .unwrap_or_else(|| json!(id))
    }

    fn attribute(&self, path: &str) -> Value {
        let (id, attribute) = path.split_once('.').unwrap();
        let name = self.name_of(id);
        let kind = self.raw(&format!("/Resources/{id}/Type"));
        match (kind.as_str().unwrap(), attribute) {
            ("AWS::SQS::Queue", "Arn") => {
                json!(format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{}", name.as_str().unwrap()))
            }
            ("AWS::SQS::Queue", "QueueName") => name,
            _ => json!(path),
        }
    }

    fn substitute(&self, text: &str) -> String {
        let mut parts = text.split("${");
        let mut out = parts.next().unwrap().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap();
            let value = if name.contains('.') {
                self.attribute(name)
            } else {
                self.reference(name).unwrap()
            };
            out.push_str(&plain(&value));
            out.push_str(rest);
        }
        out
    }

    fn condition(&self, name: &str) -> bool {
        self.holds(self.raw(&format!("/Conditions/{name}")))
    }

    /// A condition, or an assertion of a rule.
    pub fn holds(&self, condition: &Value) -> bool {
        let (key, argument) = condition.as_object().unwrap().iter().next().unwrap();
        match key.as_str() {
            "Fn::Not" => !self.holds(&argument[0]),
            "Fn::Equals" => {
                let side = |index: usize| plain(&self.resolve(&argument[index]).unwrap());
                side(0) == side(1)
            }
            other => panic!("condition {other} is not read here"),
        }
    }
}

fn parameters_of(root: &Value) -> impl Iterator<Item = (&String, &Value)> {
    root["Parameters"].as_object().unwrap().iter()
}

/// CloudFormation passes every parameter as text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Converts YAML to JSON, and the short form `!Sub x` to `{"Fn::Sub": x}`.
fn to_json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Tagged(tag, inner) => {
            let name = tag.suffix.as_str();
            let key = if name == "Ref" { name.to_owned() } else { format!("Fn::{name}") };
            json!({ key: to_json(inner) })
        }
        Yaml::Sequence(items) => items.iter().map(to_json).collect(),
        Yaml::Mapping(members) => {
            let member =
                |(key, value): (&Yaml, &Yaml)| (key.as_str().unwrap().to_owned(), to_json(value));
            Value::Object(members.iter().map(member).collect())
        }
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(flag)) => json!(flag),
        Yaml::Value(Scalar::Integer(number)) => json!(number),
        Yaml::Value(Scalar::String(text)) => json!(text),
        other => panic!("{other:?} is not read here"),
    }
}
