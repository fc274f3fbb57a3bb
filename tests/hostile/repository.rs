//! A clone of a foreign repository that contains a recoctl.toml.

use std::os::unix::fs::PermissionsExt;

use crate::kit::{Fake, KEY, Place};

const PEEK: [&str; 4] = ["dlq", "peek", "--dlq", "recs-dlq"];

#[test]
fn an_endpoint_in_it_gets_no_request_and_no_signature() {
    let place = Place::new();
    let fake = Fake::says(200, "{}");
    for section in ["", "default_env = \"prod\"\n[env.prod]\n"] {
        place.write("recoctl.toml", &format!("{section}endpoint_url = \"{}\"\n", fake.url()));
        let ran = place.run(&PEEK).ended(7);
        ran.says("recoctl.toml sets endpoint_url").says("recoctl config trust");
    }
    assert_eq!(fake.heard(), [""; 0]);
}

#[test]
fn its_profile_is_not_used() {
    let place = Place::new();
    place.write("recoctl.toml", "profile = \"prod\"\n");
    place.run(&PEEK).ended(7).says("recoctl.toml sets profile");
}

#[test]
fn its_facts_get_no_secret_password_or_token() {
    let place = Place::new();
    let secrets =
        Fake::says(200, r#"{"SecretString":"{\"username\":\"u\",\"password\":\"hunter2\"}"}"#);
    let database = Fake::silent();
    let port = database.port;
    for facts in [
        format!("mysql://127.0.0.1:{port}/app?secret=ID"),
        format!("mysql://u@127.0.0.1:{port}/app?auth=iam&ssl-mode=required"),
        format!("mysql://u:p@127.0.0.1:{port}/app"),
        "mysql://u@db.example/app".to_owned(),
        "arn:aws:secretsmanager:eu-west-1:1:secret:x".to_owned(),
    ] {
        place.write("recoctl.toml", &format!("facts = \"{facts}\"\n"));
        let ran = place.run_with("AWS_ENDPOINT_URL", secrets.url(), &PEEK);
        ran.ended(7).says("recoctl.toml sets facts").never_says("hunter2");
    }
    assert_eq!((secrets.heard().len(), database.heard().len()), (0, 0));
}

/// The operator may name the database, but it must prove its identity before it gets any secret.
#[test]
fn a_database_that_is_not_verified_gets_no_secret_from_the_operator_either() {
    let place = Place::new();
    let secrets =
        Fake::says(200, r#"{"SecretString":"{\"username\":\"u\",\"password\":\"hunter2\"}"}"#);
    for mode in ["disabled", "preferred", "required"] {
        let url = format!("mysql://127.0.0.1:1/app?secret=ID&ssl-mode={mode}");
        let args = ["facts", "check", "--facts", &url];
        place.run_with("AWS_ENDPOINT_URL", secrets.url(), &args).ended(3).says("verified");
    }
    assert_eq!(secrets.heard(), [""; 0]);
}

#[test]
fn files_outside_of_it_are_not_read() {
    let place = Place::new();
    let secret = place.home().join("credentials");
    std::fs::write(&secret, "[default]\naws_secret_access_key = hunter2\n").unwrap();
    std::os::unix::fs::symlink(&secret, place.work().join("link.toml")).unwrap();
    let outside = secret.display().to_string();
    for (key, value) in [
        ("policy", outside.as_str()),
        ("policy", "../home/credentials"),
        ("policy", "link.toml"),
        ("policy", "/dev/zero"),
        ("facts_tables", outside.as_str()),
        ("facts_tables", "/etc/shadow"),
        ("facts", "sqlite:../home/credentials"),
    ] {
        place.write("recoctl.toml", &format!("{key} = \"{value}\"\n"));
        let ran = place.run(&["config", "show"]).ended(7);
        ran.says(format!("recoctl.toml sets {key}")).never_says("hunter2");
    }
}

#[test]
fn a_policy_that_is_none_is_told_without_its_text() {
    let place = Place::new();
    place.write("policy.toml", "root:hunter2:19000:0:99999:7:::\n");
    place.write("recoctl.toml", "policy = \"policy.toml\"\n");
    place.run(&["config", "show"]).ended(3).says("line 1, column").never_says("hunter2");
    place.write("recoctl.toml", "queue = hunter2\n");
    place.run(&["config", "show"]).ended(3).says("line 1, column").never_says("hunter2");
}

#[test]
fn names_count_without_ado() {
    let place = Place::new();
    place.write("policy.toml", "[limits]\nmax_len = 5\n");
    place.write(
        "recoctl.toml",
        "queue = \"recs\"\ndlq = \"recs-dlq\"\ntable = \"t\"\nfunction = \"f\"\nkey = \"k\"\n\
         region = \"eu-west-1\"\noutput = \"json\"\npolicy = \"policy.toml\"\nfacts = \"none\"\n",
    );
    place.run(&["config", "show"]).ended(0).shows("recs-dlq");
}

#[test]
fn a_flag_or_variable_of_the_operators_own_stands_in_for_what_does_not_count() {
    let place = Place::new();
    place.write("recoctl.toml", "endpoint_url = \"http://127.0.0.1:1\"\nprofile = \"evil\"\n");
    let args = ["config", "show", "--endpoint-url", "http://127.0.0.1:2"];
    place.run_with("RECOCTL_PROFILE", "", &args).ended(7).says("sets profile");
    place.write("recoctl.toml", "endpoint_url = \"http://127.0.0.1:1\"\n");
    place.run(&args).ended(0);
}

#[test]
fn a_file_counts_once_it_is_trusted_until_it_changes() {
    let place = Place::new();
    let config = |endpoint: &str| format!("endpoint_url = \"{endpoint}\"\n");
    place.write("recoctl.toml", &config("http://127.0.0.1:1"));
    place.run(&["config", "show"]).ended(7);
    let trusted = place.run(&["config", "trust"]).ended(0);
    trusted.shows("endpoint_url").shows("http://127.0.0.1:1");
    place.run(&["config", "show"]).ended(0).shows("http://127.0.0.1:1");
    // Trust is tied to the content of the file and to its path.
    place.write("recoctl.toml", &config("http://127.0.0.1:2"));
    place.run(&["config", "show"]).ended(7);
    place.write("recoctl.toml", &config("http://127.0.0.1:1"));
    place.run(&["config", "show"]).ended(0);
    place.write("sub/recoctl.toml", &config("http://127.0.0.1:1"));
    place.run_in(&place.work().join("sub"), &["config", "show"]).ended(7);
    place.run(&["config", "trust", "--revoke"]).ended(0);
    place.run(&["config", "show"]).ended(7);
}

#[test]
fn what_the_operator_names_or_keeps_counts_as_before() {
    let place = Place::new();
    let file = place.write("recoctl.toml", "endpoint_url = \"http://127.0.0.1:1\"\n");
    place.run(&["config", "show", "--config", "recoctl.toml"]).ended(0);
    place.run_with("RECOCTL_CONFIG", &file, &["config", "show"]).ended(0);
    let own = place.home().join(".config/recoctl");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::rename(&file, own.join("recoctl.toml")).unwrap();
    place.run(&["config", "show"]).ended(0).shows("http://127.0.0.1:1");
    // It is the user's own there, too.
    place.run_in(&own, &["config", "show"]).ended(0);
}

/// A home that is named relative to the working directory is no home: whatever is in it came with the
/// repository.
#[test]
fn no_home_makes_the_working_directory_the_operators_own() {
    let place = Place::new();
    let endpoint = "endpoint_url = \"http://127.0.0.1:1\"\n";
    place.write(".config/recoctl/recoctl.toml", endpoint);
    place.write("home/.config/recoctl/recoctl.toml", endpoint);
    for (name, value) in [
        ("HOME", ""),
        ("HOME", "."),
        ("HOME", "home"),
        ("HOME", "./home"),
        ("HOME", "home/.."),
        ("XDG_CONFIG_HOME", ".config"),
    ] {
        place.run_with(name, value, &["config", "show"]).ended(0).never_says("127.0.0.1:1");
    }
    place.write("recoctl.toml", endpoint);
    place.run(&["config", "trust"]).ended(0);
    // The record of what is trusted, as if it had come with the repository.
    let own = place.home().join(".local");
    let copied = std::process::Command::new("cp").arg("-r").arg(&own).arg(place.work()).status();
    assert!(copied.unwrap().success());
    for value in ["", ".", "./"] {
        place.run_with("HOME", value, &["config", "show"]).ended(7).says("sets endpoint_url");
    }
    let mut command = place.command(&["config", "show"]);
    let ran = crate::kit::Ran::from(command.env_remove("HOME").output().unwrap());
    ran.ended(7).says("sets endpoint_url");
}

/// Where the repository leads, through links and up again, counts as what it is.
#[test]
fn a_config_or_policy_behind_a_link_is_not_the_repositorys_own() {
    let place = Place::new();
    let secret = place.home().join("secret.toml");
    std::fs::write(&secret, "endpoint_url = \"http://127.0.0.1:1\" # hunter2\n").unwrap();
    std::os::unix::fs::symlink(&secret, place.work().join("recoctl.toml")).unwrap();
    place.run(&["config", "show"]).ended(7).says("sets endpoint_url").never_says("hunter2");
    std::fs::remove_file(place.work().join("recoctl.toml")).unwrap();
    std::os::unix::fs::symlink(place.home(), place.work().join("out")).unwrap();
    std::fs::create_dir(place.work().join("sub")).unwrap();
    for policy in ["out/secret.toml", "sub/../out/secret.toml", "./sub/../../home/secret.toml"] {
        place.write("recoctl.toml", &format!("policy = \"{policy}\"\n"));
        place.run(&["config", "show"]).ended(7).says("sets policy").never_says("hunter2");
    }
}

#[test]
fn a_file_that_others_can_write_is_refused() {
    let place = Place::new();
    let file = place.write("recoctl.toml", "queue = \"recs\"\n");
    for mode in [0o666, 0o646, 0o777] {
        std::fs::set_permissions(&file, PermissionsExt::from_mode(mode)).unwrap();
        place.run(&["config", "show"]).ended(7).says("chmod go-w");
        place.run(&["config", "trust"]).ended(7);
    }
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    place.run(&["config", "show"]).ended(0);
    // Only root can change the owner of a file.
    if std::os::unix::fs::chown(&file, Some(12_345), None).is_ok() {
        place.run(&["config", "show"]).ended(7).says("another user").says("chown");
    }
}

#[test]
fn a_file_that_is_none_or_too_large_is_refused() {
    let place = Place::new();
    let path = place.work().join("recoctl.toml");
    crate::kit::fifo(&path);
    place.run(&["config", "show"]).ended(3).says("not a regular file");
    std::fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
    place.run(&["config", "show"]).ended(3).says("not a regular file");
    std::fs::remove_file(&path).unwrap();
    place.write("recoctl.toml", &"#".repeat((1 << 20) + 1));
    place.run(&["config", "show"]).ended(3).says("larger than the limit of 1.0 MiB");
}

#[test]
fn one_line_says_which_file_is_in_force_and_where_requests_go() {
    let place = Place::new();
    let fake = Fake::says(400, r#"{"__type":"AccessDenied","message":"no"}"#);
    place.write("recoctl.toml", "default_env = \"prod\"\n[env.prod]\ndlq = \"recs-dlq\"\n");
    let ran = place.run(&["dlq", "peek", "--endpoint-url", &fake.url()]);
    let line = ran.stderr.lines().find(|line| line.contains("recoctl.toml")).unwrap().to_owned();
    for words in ["using recoctl.toml [env.prod]", &fake.url(), "--endpoint-url", "not AWS", "http"]
    {
        assert!(line.contains(words), "{words}: {line}");
    }
    assert!(fake.heard().iter().all(|request| request.contains(KEY)), "what the operator names");
}

#[test]
fn a_region_that_is_a_host_goes_nowhere() {
    let place = Place::new();
    for region in ["evil.example/", "a@evil.example", "x.evil.example#", "e\u{301}u"] {
        place.write("recoctl.toml", &format!("region = \"{region}\"\n"));
        place.run(&PEEK).ended(3).says("region");
    }
}
