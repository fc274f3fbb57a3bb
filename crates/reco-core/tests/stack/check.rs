//! `deploy/check`: the parameters of a deployment, judged before it by the rules of the template's tests,
//! some of which CloudFormation cannot compute.
#![expect(clippy::unwrap_used, reason = "the template is the repository's own, and tested")]
#![expect(clippy::print_stdout, reason = "the program is for what it prints")]
#![expect(
    clippy::disallowed_methods,
    reason = "it reads the template and a policy; the core itself reads no files"
)]
#![allow(dead_code, unreachable_pub, reason = "the tests use the rest")]

mod cloudformation;
mod given;
mod rules;
mod template;

use std::process::ExitCode;

use given::Given;
use rules::{Severity, check};

fn main() -> ExitCode {
    let given = match Given::parse(std::env::args().skip(1)) {
        Ok(given) => given,
        Err(problem) => {
            println!("error: {problem}");
            return ExitCode::from(2);
        }
    };
    let template = given.deployed();
    let mut problems = given.problems();
    let verdict = check(&template::stack(&template));
    let mut warnings = 0;
    for finding in &verdict.findings {
        let rule = finding.rule;
        let line = format!("{}: is {}, should be {}", rule.id, finding.is, finding.should);
        match rule.severity {
            Severity::Error => problems.push(format!("{line}\n  because: {}", rule.reason)),
            Severity::Warning => {
                warnings += 1;
                println!("warning: {line}\n  because: {}", rule.reason);
            }
        }
    }
    for problem in &problems {
        println!("error: {problem}");
    }
    if !problems.is_empty() {
        return ExitCode::from(6);
    }
    match warnings {
        0 => println!("all {} rules kept", verdict.kept.len()),
        _ => println!("no errors; {} of {} rules kept", verdict.kept.len(), rules::rules().count()),
    }
    ExitCode::SUCCESS
}
