//! The password of a new connection: a fixed one, or a new one each time.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures::future::BoxFuture;

/// Reason why there is no password; never the password itself.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct PasswordError(pub String);

/// Credentials of a new connection. The `Debug` output never shows the password.
#[derive(Clone)]
pub struct Login {
    /// The user, where it is not the one in the URL: a rotation that alternates between two users
    /// changes the name too.
    pub user: Option<String>,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}

type Make = dyn Fn() -> BoxFuture<'static, Result<Login, PasswordError>> + Send + Sync;

/// Where the password of each new connection comes from. Its `Debug` output never shows one.
#[derive(Clone, Default)]
pub enum Password {
    /// None: the account has no password.
    #[default]
    None,
    /// Always the same.
    Fixed(String),
    /// Asked for before every connection: tokens expire (RDS IAM: after 15 minutes), and rotated
    /// secrets change.
    Provider(Arc<Make>),
}

impl Password {
    /// A password that is made by `make` before every connection.
    pub fn provider<F, Fut>(make: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<String, PasswordError>> + Send + 'static,
    {
        Password::logins(move || {
            let made = make();
            async move { Ok(Login { user: None, password: made.await? }) }
        })
    }

    /// As [`Password::provider`], where the user may change with the password.
    pub fn logins<F, Fut>(make: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Login, PasswordError>> + Send + 'static,
    {
        Password::Provider(Arc::new(move || Box::pin(make())))
    }

    pub(super) async fn get(&self) -> Result<Option<Login>, PasswordError> {
        let fixed = |password: &String| Login { user: None, password: password.clone() };
        match self {
            Password::None => Ok(None),
            Password::Fixed(password) => Ok(Some(fixed(password))),
            Password::Provider(make) => make().await.map(Some),
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Password::None => "None",
            Password::Fixed(_) => "Fixed(..)",
            Password::Provider(_) => "Provider(..)",
        })
    }
}
