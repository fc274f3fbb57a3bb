//! Configuration through the real binary: precedence, sources, errors.

#[path = "support/ran.rs"]
mod ran;

use assert_cmd::Command;
use ran::Ran;
use tempfile::TempDir;

struct Home(TempDir);

impl Home {
    fn new(toml: Option<&str>) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory can be made");
        if let Some(toml) = toml {
            std::fs::write(dir.path().join("recoctl.toml"), toml).expect("it can be written");
        }
        Home(dir)
    }

    fn recoctl(&self, args: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("recoctl"));
        command.env_clear().env("HOME", self.0.path()).current_dir(self.0.path()).args(args);
        command
    }

    fn show(&self, args: &[&str], env: &[(&str, &str)]) -> serde_json::Value {
        let mut command = self.recoctl(&["config", "show", "--output", "json"]);
        Ran::of(command.args(args).envs(env.iter().copied())).ended(0).report()
    }

    fn fails(&self, args: &[&str], code: i32) -> String {
        let ran = Ran::of(&mut self.recoctl(args)).ended(code);
        assert_eq!(ran.stdout, "");
        ran.stderr.replace(&self.0.path().display().to_string(), "<home>")
    }
}

fn setting(report: &serde_json::Value, key: &str) -> (String, String) {
    let row = report["settings"]
        .as_array()
        .expect("settings is a list")
        .iter()
        .find(|row| row["key"] == key)
        .expect("the key is there");
    (
        row["value"].as_str().unwrap_or("").to_owned(),
        row["source"].as_str().unwrap_or("").to_owned(),
    )
}

const FILE: &str = r#"
default_env = "staging"
region = "eu-west-1"
queue = "recs"
policy = "policy.toml"

[env.staging]
queue = "recs-staging"
facts = "sqlite:facts.sqlite"

[env.prod]
queue = "recs-prod"
"#;

fn home_with_policy() -> Home {
    let home = Home::new(Some(FILE));
    std::fs::write(home.0.path().join("policy.toml"), "[limits]\nmax_len = 50\n").expect("written");
    home
}

#[test]
fn flags_beat_environment_beats_file_beats_default() {
    let home = home_with_policy();
    let report = home.show(&[], &[]);
    assert_eq!(
        setting(&report, "queue"),
        ("recs-staging".into(), "recoctl.toml [env.staging]".into())
    );
    assert_eq!(setting(&report, "region"), ("eu-west-1".into(), "recoctl.toml top".into()));
    assert_eq!(setting(&report, "key"), ("user_id".into(), "default".into()));
    let env = [("RECOCTL_QUEUE", "from-env"), ("RECOCTL_REGION", "")];
    let report = home.show(&[], &env);
    assert_eq!(setting(&report, "queue"), ("from-env".into(), "environment RECOCTL_QUEUE".into()));
    assert_eq!(setting(&report, "region").0, "eu-west-1", "an empty variable gives nothing");
    let report = home.show(&["--queue", "from-flag"], &env);
    assert_eq!(setting(&report, "queue"), ("from-flag".into(), "flag --queue".into()));
}

#[test]
fn an_environment_is_chosen_by_flag_variable_or_default() {
    let home = home_with_policy();
    assert_eq!(setting(&home.show(&["--env", "prod"], &[]), "queue").0, "recs-prod");
    assert_eq!(setting(&home.show(&[], &[("RECOCTL_ENV", "prod")]), "queue").0, "recs-prod");
    let report = home.show(&["--env", "prod"], &[("RECOCTL_ENV", "staging")]);
    assert_eq!(report["env"]["source"], "flag --env");
}

#[test]
fn paths_in_the_file_are_relative_to_the_file() {
    let home = home_with_policy();
    let elsewhere = tempfile::tempdir().expect("a temporary directory can be made");
    let file = home.0.path().join("recoctl.toml");
    let mut command = home.recoctl(&["config", "show", "--output", "json", "--config"]);
    let report = Ran::of(command.arg(&file).current_dir(elsewhere.path())).report();
    let facts = format!("sqlite:{}", home.0.path().join("facts.sqlite").display());
    assert_eq!(setting(&report, "facts").0, facts);
}

#[test]
fn the_policy_in_force_has_a_fingerprint() {
    let default = Home::new(None).show(&[], &[]);
    let limited = home_with_policy().show(&[], &[]);
    assert_ne!(default["policy_fingerprint"], limited["policy_fingerprint"]);
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let cases = [
        ("unknown-key", "qeue = \"recs\"\n"),
        ("unknown-key-in-env", "[env.prod]\nqueu = \"recs\"\n"),
        ("not-a-string", "queue = 5\n"),
        ("not-toml", "queue = \n"),
        ("unknown-default-env", "default_env = \"prod\"\n[env.staging]\nqueue = \"a\"\n"),
        ("missing-policy", "policy = \"nowhere.toml\"\n"),
        ("unknown-output", "output = \"xml\"\n"),
    ];
    for (name, toml) in cases {
        insta::assert_snapshot!(name, Home::new(Some(toml)).fails(&["config", "show"], 3));
    }
}

#[test]
fn what_is_wrong_with_the_choice_of_a_file_is_said() {
    let home = Home::new(None);
    for (name, choice) in
        [("missing-file", ["--config", "nowhere.toml"]), ("env-without-file", ["--env", "prod"])]
    {
        let args = [&choice[..], &["config", "show"]].concat();
        insta::assert_snapshot!(name, home.fails(&args, 3));
    }
}
