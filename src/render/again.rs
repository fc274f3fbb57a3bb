//! Command lines for the operator to paste, with the flags of this run.

use std::cell::LazyCell;

use reco_store::facts::without_password;

use crate::applies;
use crate::config::{Key, SettingSource, Settings};

/// Returns a command line that acts on the same pipeline as this run. `args` follows `recoctl`.
///
/// Values from flags are repeated; the environment and `./recoctl.toml` still apply.
#[must_use]
pub fn command(settings: &Settings, args: &str) -> String {
    let mut line = format!("recoctl {args}");
    // Parsed only if there are flags to repeat.
    let idle = LazyCell::new(|| applies::idle_on(args));
    let mut add = |flag: &str, value: &str| {
        if applies::takes(args, flag) && !idle.contains(&flag) {
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
        && matches!(env.source, SettingSource::Flag(_))
    {
        add("--env", &env.value);
    }
    for key in Key::ALL.iter().filter(|key| **key != Key::Output) {
        if let Some(setting) = settings.get(*key)
            && let SettingSource::Flag(flag) = &setting.source
        {
            // The command line goes into tickets and chats.
            add(flag, &without_password(&setting.value));
        }
    }
    let endpoint = settings.get(Key::EndpointUrl);
    let in_sandbox = endpoint.is_some_and(|endpoint| endpoint.source == SettingSource::Sandbox);
    if in_sandbox && applies::takes(args, "--sandbox") {
        line.push_str(" --sandbox");
    }
    line
}

/// Returns the command line of this process, as [`repeated`] does; `None` if it is not text.
#[must_use]
pub fn this_run(flag: Option<&str>) -> Option<String> {
    let args: Vec<String> =
        std::env::args_os().skip(1).map(|arg| arg.into_string()).collect::<Result<_, _>>().ok()?;
    Some(repeated(&args, flag))
}

/// Returns the command line of this run, with a flag that it may lack. Passwords are left out.
#[must_use]
pub fn repeated(args: &[String], flag: Option<&str>) -> String {
    let words = args.iter().map(|arg| match arg.split_once('=') {
        Some((name, value)) if name.starts_with("--") => {
            quoted(&format!("{name}={}", harmless(value)))
        }
        _ => quoted(&harmless(arg)),
    });
    let more = flag.filter(|flag| !args.iter().any(|arg| arg == flag)).map(str::to_owned);
    // Words after a lone `--` are file names.
    let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    let mut line: Vec<String> = words.collect();
    line.splice(end..end, more);
    format!("recoctl {}", line.join(" "))
}

/// Returns a word without the password in it, if it is a URL: other words may have a `:` and an `@`, too.
fn harmless(word: &str) -> String {
    let is_url = ["mysql://", "mariadb://", "http://", "https://"].iter().any(|scheme| {
        word.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    if is_url { without_password(word) } else { word.to_owned() }
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
        assert_eq!(
            command(&settings, "backfill 'my file.jsonl' --if-newer"),
            "recoctl backfill 'my file.jsonl' --if-newer --facts 'sqlite:/my facts.db'"
        );
        assert_eq!(
            command(&settings, "backfill in.jsonl --via queue"),
            "recoctl backfill in.jsonl --via queue --queue recs --facts 'sqlite:/my facts.db'"
        );
        // Only flags that have an effect.
        assert_eq!(command(&settings, "dlq tasks list"), "recoctl dlq tasks list --queue recs");
        assert_eq!(command(&settings, "dlq journal show 7"), "recoctl dlq journal show 7");
    }

    #[test]
    fn a_run_is_repeated_without_passwords() {
        let line = |args: &[&str], flag| {
            let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
            repeated(&args, flag)
        };
        let args = ["backfill", "my recs.jsonl", "--wcu", "20"];
        let resumed = "recoctl backfill 'my recs.jsonl' --wcu 20 --resume";
        assert_eq!(line(&args, Some("--resume")), resumed);
        assert_eq!(line(&[&args[..], &["--resume"]].concat(), Some("--resume")), resumed);
        assert_eq!(line(&args, None), "recoctl backfill 'my recs.jsonl' --wcu 20");
        assert_eq!(
            line(&["backfill", "--", "-x.jsonl"], Some("--resume")),
            "recoctl backfill --resume -- -x.jsonl"
        );
        // What is no URL stays as it is.
        let given = ["backfill", "a:b@c.jsonl", "--map", "{user: .u | @text}", "--attr=src=b:x@y"];
        assert_eq!(
            line(&given, None),
            "recoctl backfill a:b@c.jsonl --map '{user: .u | @text}' --attr=src=b:x@y"
        );
        for facts in ["--facts=mysql://me:secret@db/x", "mysql://me:secret@db/x"] {
            assert!(!line(&["backfill", "in", facts], None).contains("secret"), "{facts}");
        }
    }

    #[test]
    fn quotes_survive_a_shell() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
