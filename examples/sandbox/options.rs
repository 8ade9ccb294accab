//! What can be chosen on the command line.

use std::{net::IpAddr, time::Duration};

use tracing_subscriber::filter::LevelFilter;
use verify_mfa::{
    AccountSid, ApiKeySid, ServiceSid,
    sandbox::{Features, RateLimit, Sandbox, SandboxBuilder},
};

/// A simulator of Twilio Verify for any SDK, with an inbox page. Nothing is sent to anybody.
#[derive(clap::Parser)]
#[command(after_help = AFTERWORD)]
pub(crate) struct Options {
    /// The port; 0 is a free one
    #[arg(long, default_value_t = 8642)]
    port: u16,

    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", visible_alias = "host")]
    listen: IpAddr,

    /// Allow --listen 0.0.0.0 or ::, where whoever reaches this machine reads every code
    #[arg(long)]
    allow_other_hosts: bool,

    /// How others reach it, such as http://sandbox:8642; links in replies start with it
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,

    /// The account; made up by default
    #[arg(long, value_name = "AC...")]
    account_sid: Option<AccountSid>,

    /// The account's token; made up by default
    #[arg(long, value_name = "TOKEN")]
    auth_token: Option<String>,

    /// An API key that is accepted too; may be repeated
    #[arg(long, value_name = "SID:SECRET", value_parser = api_key)]
    api_key: Vec<ApiKey>,

    /// The service that is there from the beginning; made up by default
    #[arg(long, value_name = "VA...")]
    service_sid: Option<ServiceSid>,

    /// A channel that an account has only on request: sna, auto or rcs; may be repeated
    #[arg(long, value_name = "CHANNEL", value_parser = ["sna", "auto", "rcs"])]
    feature: Vec<String>,

    /// A programmable rate limit by its unique name; may be repeated
    #[arg(long, value_name = "NAME:MAXIMUM:SECONDS", value_parser = rate_limit)]
    rate_limit: Vec<RateLimit>,

    /// How many seconds a verification lives
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..))]
    ttl: u32,

    /// Makes all that is made up, codes included, the same in every run
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,

    /// What is logged: off, error, warn, info, debug (every request) or trace
    #[arg(long, value_name = "LEVEL", default_value = "debug")]
    pub(crate) log_level: LevelFilter,
}

#[derive(Clone)]
struct ApiKey {
    sid: ApiKeySid,
    secret: String,
}

impl Options {
    /// A sandbox for people: time passes, and there is a page.
    pub(crate) fn builder(self) -> SandboxBuilder {
        let mut builder = Sandbox::builder()
            .running_clock()
            .control_plane()
            .listen(self.listen)
            .port(self.port)
            .ttl(Duration::from_secs(self.ttl.into()));
        if self.allow_other_hosts {
            builder = builder.allow_other_hosts();
        }
        for ApiKey { sid, secret } in self.api_key {
            builder = builder.api_key(sid, secret);
        }
        for limit in self.rate_limit {
            builder = builder.rate_limit(limit);
        }
        let features =
            self.feature.iter().fold(Features::new(), |features, name| match name.as_str() {
                "sna" => features.sna(true),
                "auto" => features.auto(true),
                _ => features.rcs(true),
            });
        builder = builder.features(features);
        builder = given(builder, self.public_url, SandboxBuilder::public_url);
        builder = given(builder, self.account_sid, SandboxBuilder::account_sid);
        builder = given(builder, self.auth_token, SandboxBuilder::auth_token);
        builder = given(builder, self.service_sid, SandboxBuilder::service_sid);
        given(builder, self.seed, SandboxBuilder::seed)
    }
}

fn given<T>(
    builder: SandboxBuilder,
    value: Option<T>,
    choose: impl FnOnce(SandboxBuilder, T) -> SandboxBuilder,
) -> SandboxBuilder {
    match value {
        Some(value) => choose(builder, value),
        None => builder,
    }
}

fn api_key(text: &str) -> Result<ApiKey, String> {
    let (sid, secret) = text.split_once(':').ok_or("it must be SID:SECRET")?;
    let sid = sid.parse().map_err(|error| format!("{error}"))?;
    if secret.is_empty() {
        return Err("the secret is empty".to_owned());
    }
    Ok(ApiKey { sid, secret: secret.to_owned() })
}

fn rate_limit(text: &str) -> Result<RateLimit, String> {
    let mut parts = text.splitn(3, ':');
    let (Some(name), Some(maximum), Some(seconds)) = (parts.next(), parts.next(), parts.next())
    else {
        return Err("it must be NAME:MAXIMUM:SECONDS, such as end_user:5:600".to_owned());
    };
    let number = |text: &str| text.parse::<u32>().map_err(|error| format!("{text:?}: {error}"));
    let interval = Duration::from_secs(number(seconds)?.into());
    Ok(RateLimit::new(name).bucket(number(maximum)?, interval))
}

const AFTERWORD: &str = "\
The page at / shows the messages as they arrive. README.md in examples/sandbox tells how to point the
Twilio SDKs here, and how a test reads codes, moves the clock and injects faults.

The log has neither codes nor whole numbers; the page has them.";
