//! Logs for `-v`: to stderr, never with message bodies.

use tracing_subscriber::EnvFilter;

use crate::ui::LogLine;

/// Enables logging for `-v` and `-vv`. The AWS crates log whole requests with bodies at TRACE, so
/// they are limited to DEBUG whatever is requested.
pub fn init(verbose: u8) {
    let filter = match verbose {
        0 => return,
        1 => "recoctl=info,reco_store=info,reco_lambda=info,reco_sandbox=info",
        _ => {
            "recoctl=debug,reco_store=debug,reco_lambda=debug,reco_sandbox=debug,\
             aws_config=info,aws_smithy_runtime::client::retries=debug"
        }
    };
    // A second call within one process (tests) keeps the first subscriber.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(|| LogLine)
        .without_time()
        .with_ansi(false)
        .try_init();
}
