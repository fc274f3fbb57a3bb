//! Parameters of a deployment, as they are given to `deploy/check`.

use std::path::PathBuf;

use reco_core::policy::Policy;
use serde_json::{Value, json};

use crate::cloudformation::Template;
use crate::template::{deployed, read};

/// The parameters, and the policy's file where it is one of the zip.
pub struct Given {
    parameters: Vec<(String, String)>,
    policy_file: Option<PathBuf>,
}

impl Given {
    /// Reads `NAME=VALUE` and `--policy-file FILE`.
    ///
    /// # Errors
    /// A sentence on the first argument that is neither, or names no parameter.
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut given = Given { parameters: Vec::new(), policy_file: None };
        let mut arguments = arguments.peekable();
        while let Some(argument) = arguments.next() {
            if argument == "--policy-file" {
                let file = arguments.next().ok_or("--policy-file needs a file")?;
                given.policy_file = Some(file.into());
                continue;
            }
            let Some((name, value)) = argument.split_once('=') else {
                return Err(format!("{argument:?} is not NAME=VALUE"));
            };
            if declared(name).is_none() {
                return Err(format!("the template has no parameter {name:?}"));
            }
            given.parameters.push((name.to_owned(), value.to_owned()));
        }
        Ok(given)
    }

    /// The template with these parameters.
    pub fn deployed(&self) -> Template {
        let typed: Vec<(&str, Value)> = self
            .parameters
            .iter()
            .map(|(name, value)| (name.as_str(), typed(name, value)))
            .collect();
        deployed(&typed)
    }

    fn value(&self, name: &str) -> Option<&str> {
        let given = self.parameters.iter().rev().find(|(given, _)| given == name);
        given.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// What is wrong with them beside the rules.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for name in ["CodeBucket", "CodeKey"] {
            if self.value(name).is_none() {
                problems.push(format!("{name} is not given, and has no default"));
            }
        }
        problems.extend(self.parameters.iter().filter_map(|(name, value)| unfit(name, value)));
        problems.extend(self.broken_assertions());
        problems.extend(self.policy_problem());
        problems
    }

    /// The template's own rules.
    fn broken_assertions(&self) -> Vec<String> {
        let template = self.deployed();
        let rules = template.raw("/Rules").as_object().unwrap();
        let applying = rules.values().filter(|rule| template.holds(&rule["RuleCondition"]));
        let assertions = applying.flat_map(|rule| rule["Assertions"].as_array().unwrap());
        let broken = assertions.filter(|assertion| !template.holds(&assertion["Assert"]));
        broken.map(|each| each["AssertDescription"].as_str().unwrap().to_owned()).collect()
    }

    /// A policy that is none, and a fingerprint that is another's: with it the function does not
    /// start, and good messages end in the DLQ.
    fn policy_problem(&self) -> Option<String> {
        let text = match (self.value("PolicyToml"), &self.policy_file) {
            (Some(text), _) => text.to_owned(),
            (None, Some(path)) => match std::fs::read_to_string(path) {
                Ok(text) => text,
                Err(error) => return Some(format!("--policy-file {}: {error}", path.display())),
            },
            (None, None) if self.value("PolicyFile").is_some() => {
                return Some("PolicyFile: give the file, too: --policy-file FILE".to_owned());
            }
            (None, None) => String::new(),
        };
        let policy = match Policy::from_toml(&text) {
            Ok(policy) => policy,
            Err(error) => return Some(format!("the policy is invalid: {error}")),
        };
        let actual = policy.fingerprint();
        match self.value("PolicyFingerprint") {
            Some(meant) if meant != actual => Some(format!(
                "PolicyFingerprint is {meant}, but the policy's is {actual}: the function would not \
                 start, and after about twenty minutes its messages would be in the DLQ"
            )),
            None if !text.is_empty() => {
                Some(format!("PolicyFingerprint is not given; the policy's is {actual}"))
            }
            _ => None,
        }
    }
}

fn declared(name: &str) -> Option<Value> {
    let template = Template::deploy(&read("deploy/template.yaml"), &[]);
    template.raw("/Parameters").get(name).cloned()
}

/// A value as the rules read it.
fn typed(name: &str, value: &str) -> Value {
    match declared(name) {
        Some(parameter) if parameter["Type"] == "Number" => {
            value.parse::<i64>().map_or_else(|_| json!(value), |number| json!(number))
        }
        _ => json!(value),
    }
}

/// What CloudFormation would refuse a value for.
fn unfit(name: &str, value: &str) -> Option<String> {
    let parameter = declared(name)?;
    let allowed = parameter["AllowedValues"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if !allowed.is_empty() && !allowed.iter().any(|each| text(each) == value) {
        let allowed: Vec<String> = allowed.iter().map(text).collect();
        return Some(format!("{name} is {value:?}, should be one of {}", allowed.join(", ")));
    }
    if parameter["Type"] == "Number" {
        let Ok(number) = value.parse::<i64>() else {
            return Some(format!("{name} is {value:?}, should be a number"));
        };
        let low = parameter["MinValue"].as_i64().unwrap_or(i64::MIN);
        let high = parameter["MaxValue"].as_i64().unwrap_or(i64::MAX);
        let range = (low..=high).contains(&number);
        return (!range).then(|| format!("{name} is {number}, should be {low} to {high}"));
    }
    let (characters, most) = (value.chars().count(), parameter["MaxLength"].as_u64());
    if let Some(most) = most.filter(|most| characters as u64 > *most) {
        return Some(format!("{name} has {characters} characters, should have at most {most}"));
    }
    let pattern = parameter["AllowedPattern"].as_str()?;
    let whole = regex_lite::Regex::new(&format!("^(?:{pattern})$")).unwrap();
    let should = parameter["ConstraintDescription"].as_str().unwrap_or(pattern);
    (!whole.is_match(value)).then(|| format!("{name} is {value:?}, should be {should}"))
}
