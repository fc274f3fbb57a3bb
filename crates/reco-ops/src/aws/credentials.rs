//! Credentials that sign the calls, and the operator's choice of profile.
//!
//! An explicit profile (a flag, `RECOCTL_PROFILE` or recoctl.toml) takes precedence over keys in
//! the environment, as in the AWS CLI. The SDK's own chain would ask the environment first and sign
//! with whatever keys the shell happens to hold.

use std::collections::HashMap;
use std::ffi::OsString;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::{Profile, ProfileFileCredentialsProvider, ProfileSet};
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::os_shim_internal::Env;
use serde::Serialize;

use super::options::{AwsOptions, Environment};
use crate::error::{Error, Kind, Result};

/// Description of a profile without credentials of its own.
const NO_CREDENTIALS: &str = "no credentials in the profile: the role of the container or instance";

/// Environment variables of static keys.
const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";

/// Effective credentials, as far as they are known without a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialsInForce {
    /// Source: `profile`, `environment`, `web-identity`, `container`, `sandbox`, or
    /// `instance-metadata` if nothing else is configured.
    pub from: &'static str,
    /// Name of the profile, if one is used.
    pub profile: Option<String>,
    /// Source of the choice: `flag --profile`, `environment AWS_PROFILE`, ...
    pub chosen_by: Option<String>,
    /// Kind of credentials: `access key`, `role ARN`, `SSO`, `credential process`, ...
    pub how: String,
    /// Access key id, if it is in the environment or the profile.
    pub access_key_id: Option<String>,
}

impl CredentialsInForce {
    /// Returns a one-line summary.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = match (&self.profile, &self.chosen_by) {
            (Some(profile), Some(by)) => format!("profile {profile} ({by}): {}", self.how),
            (Some(profile), None) => format!("profile {profile}: {}", self.how),
            (None, _) => self.how.clone(),
        };
        if let Some(id) = &self.access_key_id {
            words.push_str(&format!(" {id}"));
        }
        words
    }
}

/// Loads the profiles of `~/.aws/config` and `~/.aws/credentials`, or of the files that
/// `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` name.
async fn profiles(environment: &Environment) -> Result<ProfileSet> {
    let text = |(name, value): (&OsString, &OsString)| {
        Some((name.to_str()?.to_owned(), value.to_str()?.to_owned()))
    };
    let env = Env::from(environment.all().filter_map(text).collect::<HashMap<_, _>>());
    let (fs, files) = (Default::default(), Default::default());
    aws_config::profile::load(&fs, &env, &files, None)
        .await
        .map_err(|error| Error::config("cannot read the AWS profiles").because(&error))
}

/// Returns the profile that the settings name, if any.
///
/// # Errors
/// Fails if the profile does not exist.
pub(super) async fn explicit(options: &AwsOptions) -> Result<Option<Profile>> {
    let Some(named) = &options.profile else { return Ok(None) };
    find(&profiles(&options.environment).await?, &named.value, &named.by).map(Some)
}

/// Checks that the profile in `AWS_PROFILE` exists, unless keys in the environment override it.
///
/// # Errors
/// Fails if the profile does not exist.
pub(super) async fn check_ambient(environment: &Environment) -> Result<()> {
    match environment.said("AWS_PROFILE") {
        Some(name) if !has_keys(environment) => {
            find(&profiles(environment).await?, &name, "environment AWS_PROFILE").map(drop)
        }
        _ => Ok(()),
    }
}

fn find(profiles: &ProfileSet, name: &str, chosen_by: &str) -> Result<Profile> {
    if let Some(profile) = profiles.get_profile(name) {
        return Ok(profile.clone());
    }
    let mut known: Vec<&str> = profiles.profiles().collect();
    known.sort_unstable();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let message = format!("AWS profile {name:?} not found ({chosen_by})");
    Err(Error::new(Kind::Credentials, message).hint(format!(
        "profiles in ~/.aws/config and ~/.aws/credentials: {known}; `aws configure --profile {name}` creates it"
    )))
}

/// Returns credentials from this profile only. If it has none, the role of the container or
/// instance is meant (as in the AWS CLI), never keys in the environment.
pub(super) fn of_profile(name: &str, config: &ProviderConfig) -> SharedCredentialsProvider {
    let profile = ProfileFileCredentialsProvider::builder().configure(config).profile_name(name);
    let container = EcsCredentialsProvider::builder().configure(config);
    let instance = ImdsCredentialsProvider::builder().configure(config);
    SharedCredentialsProvider::new(
        CredentialsProviderChain::first_try("Profile", profile.build())
            .or_else("EcsContainer", container.build())
            .or_else("Ec2InstanceMetadata", instance.build()),
    )
}

/// Returns the credentials that sign the calls of this run.
///
/// # Errors
/// Fails if the named profile does not exist or the AWS config files cannot be read.
pub async fn in_force(options: &AwsOptions) -> Result<CredentialsInForce> {
    let environment = &options.environment;
    let variable = |name| environment.said(name);
    if options.sandbox {
        return Ok(plain("sandbox", "sandbox of this run"));
    }
    if let (Some(named), Some(profile)) = (&options.profile, explicit(options).await?) {
        return Ok(by_profile(&profile, Some(named.by.clone())));
    }
    if has_keys(environment) {
        let how = format!("environment {KEY_ID}");
        return Ok(CredentialsInForce {
            access_key_id: variable(KEY_ID),
            ..plain("environment", &how)
        });
    }
    let named = variable("AWS_PROFILE");
    let profiles = profiles(environment).await?;
    if let Some(name) = &named {
        find(&profiles, name, "environment AWS_PROFILE")?;
    }
    let profile = profiles.get_profile(named.as_deref().unwrap_or("default"));
    if let Some(profile) = profile.filter(|profile| named.is_some() || how(profile).is_some()) {
        return Ok(by_profile(profile, named.map(|_| "environment AWS_PROFILE".to_owned())));
    }
    Ok(if variable("AWS_WEB_IDENTITY_TOKEN_FILE").is_some() {
        let role = variable("AWS_ROLE_ARN").unwrap_or_default();
        plain("web-identity", &format!("environment AWS_WEB_IDENTITY_TOKEN_FILE, role {role}"))
    } else if variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").is_some()
        || variable("AWS_CONTAINER_CREDENTIALS_FULL_URI").is_some()
    {
        plain("container", "container role")
    } else {
        plain("instance-metadata", "none configured: the instance role, if any")
    })
}

fn plain(from: &'static str, how: &str) -> CredentialsInForce {
    CredentialsInForce {
        from,
        profile: None,
        chosen_by: None,
        how: how.to_owned(),
        access_key_id: None,
    }
}

fn by_profile(profile: &Profile, chosen_by: Option<String>) -> CredentialsInForce {
    CredentialsInForce {
        profile: Some(profile.name().to_owned()),
        chosen_by,
        access_key_id: profile.get("aws_access_key_id").map(str::to_owned),
        ..plain("profile", &how(profile).unwrap_or_else(|| NO_CREDENTIALS.to_owned()))
    }
}

/// Returns the kind of a profile's credentials, in the SDK's order of precedence; `None` if it has
/// none.
fn how(profile: &Profile) -> Option<String> {
    let has = |name: &str| profile.get(name).is_some();
    Some(if let Some(role) = profile.get("role_arn") {
        format!("role {role}")
    } else if has("sso_session") || has("sso_start_url") {
        let account = profile.get("sso_account_id").unwrap_or("?");
        let role = profile.get("sso_role_name").unwrap_or("?");
        format!("SSO, account {account}, role {role}")
    } else if has("credential_process") {
        "credential process".to_owned()
    } else if has("login_session") {
        "login session".to_owned()
    } else if has("aws_access_key_id") {
        "access key".to_owned()
    } else {
        return None;
    })
}

/// Returns whether the environment holds static keys, which the SDK prefers to any profile that is
/// not named explicitly.
fn has_keys(environment: &Environment) -> bool {
    environment.said(KEY_ID).is_some() && environment.said(SECRET).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn profiles_are_those_of_the_environment_that_is_given() {
        let home = tempfile::tempdir().expect("a directory");
        let config = home.path().join("elsewhere");
        std::fs::write(&config, "[profile night]\nregion = eu-west-1\n").expect("written");
        let environment: Environment =
            [("HOME".into(), home.path().into()), ("AWS_CONFIG_FILE".into(), config.into())]
                .into_iter()
                .collect();
        let found = profiles(&environment).await.expect("read");
        assert_eq!(found.profiles().collect::<Vec<_>>(), ["night"]);
        let none = [(OsString::from("HOME"), home.path().into())].into_iter().collect();
        assert!(profiles(&none).await.expect("read").is_empty());
    }
}
