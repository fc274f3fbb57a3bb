//! Command lines for the operator to paste, with the flags of this run.

use reco_store::facts::without_password;

use crate::applies;
use crate::config::{Key, Settings, Source};

/// Returns a command line that acts on the same pipeline as this run. `args` follows `recoctl`.
///
/// Values from flags are repeated; the environment and `./recoctl.toml` still apply.
#[must_use]
pub fn command(settings: &Settings, args: &str) -> String {
    let mut line = format!("recoctl {args}");
    let mut add = |flag: &str, value: &str| {
        if applies::takes(args, flag) {
            line.push_str(&format!(" {flag} {}", quoted(value)));
        }
    };
    if let Some(file) = &settings.file
        && file.as_os_str() != "recoctl.toml"
        && !file.ends_with("recoctl/recoctl.toml")
    {
        add("--config", &file.to_string_lossy());
    }
    if let Some(env) = &settings.env
        && matches!(env.source, Source::Flag(_))
    {
        add("--env", &env.value);
    }
    for key in Key::ALL.iter().filter(|key| **key != Key::Output) {
        if let Some(setting) = settings.get(*key)
            && let Source::Flag(flag) = &setting.source
        {
            // The command line goes into tickets and chats.
            add(flag, &without_password(&setting.value));
        }
    }
    if matches!(settings.get(Key::EndpointUrl), Some(endpoint) if endpoint.source == Source::Sandbox)
    {
        add_sandbox(args, &mut line);
    }
    line
}

fn add_sandbox(args: &str, line: &mut String) {
    if applies::takes(args, "--sandbox") {
        line.push_str(" --sandbox");
    }
}

/// Quotes a word for a POSIX shell if necessary.
fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::GlobalArgs;

    #[test]
    fn flags_are_repeated_and_the_environment_is_not() {
        let flags = GlobalArgs {
            queue: Some("recs".to_owned()),
            facts: Some("sqlite:/my facts.db".to_owned()),
            ..GlobalArgs::default()
        };
        let env = |name: &str| (name == "RECOCTL_TABLE").then(|| "table".to_owned());
        let settings = Settings::resolve(&flags, &env).expect("settings");
        assert_eq!(
            command(&settings, "dlq redrive --rate 50"),
            "recoctl dlq redrive --rate 50 --queue recs --facts 'sqlite:/my facts.db'"
        );
        // Only flags that have an effect.
        assert_eq!(command(&settings, "dlq tasks list"), "recoctl dlq tasks list --queue recs");
        assert_eq!(command(&settings, "dlq journal show 7"), "recoctl dlq journal show 7");
    }

    #[test]
    fn quotes_survive_a_shell() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
