//! Completion in a real bash and a real zsh, by the scripts that `recoctl completions` prints.

mod support;

use std::io::Write;
use std::process::{Command, Stdio};

use reco_sandbox::SandboxOptions;
use support::{Harness, finished};

/// A home with files, a config file and the scripts.
fn arranged() -> Harness {
    let harness = Harness::sandbox(SandboxOptions::empty());
    harness.write("recoctl.toml", "[env.prod]\nqueue = \"q\"\n[env.staging]\nqueue = \"s\"\n");
    harness.write("recs one.jsonl", "");
    harness.write("recs.jsonl", "");
    harness.write("ids", "");
    for (shell, file) in [("bash", "recoctl.bash"), ("zsh", "_recoctl"), ("fish", "recoctl.fish")] {
        harness.write(file, harness.run(["completions", shell]).stdout);
    }
    harness
}

/// Runs a script in a shell that has recoctl in its path.
fn run(harness: &Harness, program: &str, args: &[&str], script: &str) -> String {
    let binary = assert_cmd::cargo::cargo_bin!("recoctl");
    let dir = binary.parent().expect("a directory").display().to_string();
    let mut child = harness
        .within(Command::new(program))
        .args(args)
        .env("PATH", format!("{dir}:/usr/bin:/bin"))
        .env("TERM", "dumb")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}; see tests/support/prerequisites.sh"));
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(script.as_bytes()).expect("written");
    drop(stdin);
    let ran = finished(child);
    assert_eq!(ran.code, Some(0), "{program}: {ran:#?}");
    ran.stdout
}

/// Asks bash for the completions of a line, as readline would: it splits the line at the characters
/// of COMP_WORDBREAKS. Every candidate replaces the last of these pieces.
fn in_bash(harness: &Harness, line: &str) -> Vec<String> {
    let mut pieces: Vec<String> = vec![String::new()];
    for c in line.chars() {
        match c {
            ' ' => pieces.push(String::new()),
            '=' | ':' | '@' => {
                if pieces.last().is_some_and(|piece| !piece.is_empty()) {
                    pieces.push(String::new());
                }
                pieces.last_mut().expect("a piece").push(c);
                pieces.push(String::new());
            }
            c => pieces.last_mut().expect("a piece").push(c),
        }
    }
    // Bash itself has no empty piece after a mark.
    if pieces.last().is_some_and(String::is_empty) && line.ends_with(['=', ':', '@']) {
        pieces.pop();
    }
    let words: Vec<String> = pieces.iter().map(|piece| format!("'{piece}'")).collect();
    let script = format!(
        "source ./recoctl.bash\n\
         complete -p recoctl >/dev/null\n\
         COMP_WORDBREAKS=$' \\t\\n\"\\'@><=;|&(:'\n\
         COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}\n\
         COMP_WORDS=({}); COMP_CWORD={}\n\
         _recoctl recoctl '' ''\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
        words.join(" "),
        words.len() - 1,
    );
    let shown = run(harness, "bash", &["--norc", "--noprofile"], &script);
    shown.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Types a line and TAB in an interactive zsh on a terminal, and returns the line after it. The words that
/// are waited for have quotes in them where they are typed: the terminal echoes what is typed.
fn in_zsh(harness: &Harness, line: &str) -> String {
    harness.write(
        "complete.zsh",
        format!(
            "zmodload zsh/zpty\n\
             zpty shell zsh -f -i\n\
             say() {{ zpty -w shell \"$1\" }}\n\
             until_shown() {{ local part; shown=''; while [[ $shown != *$1* ]]; do zpty -r shell part || return 1; shown+=$part; done }}\n\
             say \"cd '{home}'; export PATH='$PATH'; PROMPT=; unsetopt zle_bracketed_paste prompt_cr prompt_sp; stty cols 200\"\n\
             say 'autoload -Uz compinit && compinit -u -D; source ./_recoctl'\n\
             say 'shown() {{ print -r -- \"<<$BUFFER>>\"; zle -I; BUFFER=; print DO\"\"NE }}; zle -N shown; bindkey \"^X\" shown'\n\
             say 'print REA\"\"DY'\n\
             until_shown READY\n\
             zpty -w -n shell $'{line}\\t\\x18'\n\
             until_shown DONE\n\
             print -r -- \"$shown\"\n\
             zpty -d shell\n",
            home = harness.home.path().display(),
        ),
    );
    let shown = run(harness, "zsh", &["-f", "complete.zsh"], "");
    let buffer = shown.rsplit_once("<<").and_then(|(_, rest)| rest.split_once(">>"));
    buffer.unwrap_or_else(|| panic!("no line in {shown:?}")).0.to_owned()
}

#[test]
fn bash_completes_commands_values_lists_and_files() {
    let harness = arranged();
    let told = |line: &str| in_bash(&harness, line);
    let first = told("recoctl ");
    assert!(first.contains(&"dlq".to_owned()), "{first:?}");
    assert!(first.iter().all(|word| !word.starts_with('-')), "commands before options: {first:?}");
    assert_eq!(told("recoctl dlq cla"), ["classify"]);
    assert_eq!(told("recoctl dlq peek --class mal"), ["malformed"]);
    assert_eq!(told("recoctl dlq peek --class=mal"), ["malformed"], "what follows the mark");
    assert!(told("recoctl dlq peek --class=").contains(&"stale".to_owned()));
    assert_eq!(told("recoctl dlq peek --class partial,mal"), ["partial,malformed"]);
    assert_eq!(told("recoctl --env "), ["prod", "staging"]);
    assert_eq!(told("recoctl --env=st"), ["staging"]);
    let mut files = told("recoctl backfill recs");
    files.sort();
    assert_eq!(files, ["recs one.jsonl", "recs.jsonl"]);
    assert_eq!(told("recoctl dlq purge --backup id"), ["ids"]);
    assert_eq!(told("recoctl dlq peek --id @id"), ["ids"]);
    assert_eq!(told("recoctl dlq peek --facts sqlite:id"), ["ids"]);
    assert_eq!(told("recoctl dlq journal list --que"), [""; 0], "it has no effect there");
    assert_eq!(told("recoctl verify --max-s"), [""; 0], "hidden");
}

#[test]
fn zsh_completes_commands_values_lists_and_files() {
    let harness = arranged();
    let line = |typed: &str| in_zsh(&harness, typed);
    assert_eq!(line("recoctl dlq cla"), "recoctl dlq classify ");
    assert_eq!(line("recoctl dlq peek --class mal"), "recoctl dlq peek --class malformed ");
    assert_eq!(line("recoctl dlq peek --class=mal"), "recoctl dlq peek --class=malformed ");
    assert_eq!(
        line("recoctl dlq peek --class partial,mal"),
        "recoctl dlq peek --class partial,malformed "
    );
    assert_eq!(line("recoctl --env st"), "recoctl --env staging ");
    assert_eq!(line("recoctl backfill recs.j"), "recoctl backfill recs.jsonl ");
    assert_eq!(line("recoctl dlq purge --backup=id"), "recoctl dlq purge --backup=ids ");
    assert_eq!(line("recoctl dlq peek --id @id"), "recoctl dlq peek --id @ids ");
    assert_eq!(line("recoctl verify --max-s"), "recoctl verify --max-s", "hidden");
}

/// Runs are those of the journals on this machine.
#[test]
fn runs_of_this_machine_are_offered() {
    let harness = support::queues::queues("", SandboxOptions::empty());
    support::queues::plant_sound(&harness, "", 1, 1);
    harness.json(0, ["dlq", "redrive"]);
    let list = harness.json(0, ["dlq", "journal", "list"]);
    let run = list["journals"][0]["run_id"].as_str().expect("a run").to_owned();
    let answer = harness.run(["__complete", "--", "dlq", "journal", "show", ""]).stdout;
    assert_eq!(answer, format!("words\n{run}\t\n"));
}
