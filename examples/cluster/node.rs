//! One process of the service: three requests, over the flow that an application would have.

use std::{
    env,
    io::{self, Read, Write},
    net::Ipv4Addr,
    process, thread,
    time::Duration,
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use tokio::net::TcpListener;
use verify_mfa::{
    BoxError, Country, Credentials, Error, MfaFlow, PhoneNumber, VerifyClient,
    flow::{
        Approval, ChallengeId, Countries, Decision, Login, LoginGrant, Policy, Refusal, Resent,
        Session, StateKey,
    },
};

use crate::{
    options::Node,
    people::{self, People},
    protocol::{Approve, Challenge, Reply, Resend, Told, name_of},
};

pub(crate) const TOKEN: &str = "TWILIO_AUTH_TOKEN";
pub(crate) const KEY: &str = "CLUSTER_STATE_KEY";

/// What [`policy`] allows that an application should not.
pub(crate) const RAISED: &str = "raised for this run: no limit on the sends to a user, a phone, a \
    country and in all, and a wait of 1 second instead of 30 before a code is sent again";

/// Serves until it is killed, or the driver is.
pub(crate) async fn serve(node: Node) -> Result<(), BoxError> {
    end_with_the_driver();
    let token = env::var(TOKEN)?;
    let verify = VerifyClient::builder(Credentials::auth_token(node.account, token))
        .base_url(node.base_url)
        .timeout(TIMEOUT)
        .build()?;
    let mfa = MfaFlow::new(verify.service(node.service), People, policy()?);
    let mfa = node.state_engine.attach(mfa, &node.address, key()?).await?;
    // Here and not in somebody's first request: it takes a moment, most of all in a debug build.
    PhoneNumber::warm_up();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    tell(&Told::Listening(listener.local_addr()?))?;
    let routes = Router::new()
        .route("/challenge", post(challenge))
        .route("/approve", post(approve))
        .route("/resend", post(resend));
    Ok(axum::serve(listener, routes.with_state(mfa)).await?)
}

/// A hundred people log in twenty times each within a minute, from one machine.
fn policy() -> Result<Policy, Error> {
    Policy::new(Countries::only([Country::US]))
        .sends_per_user([])?
        .sends_per_phone([])?
        .sends_per_country([])?
        .sends_in_all([])?
        .resend_waits([Duration::from_secs(1)])
}

fn key() -> Result<StateKey, BoxError> {
    let bytes = BASE64_STANDARD.decode(env::var(KEY)?)?;
    Ok(StateKey::new(bytes.try_into().map_err(|_| "the state key has 32 bytes")?)?)
}

/// Nobody is left behind when the driver is killed: its end of the pipe closes.
fn end_with_the_driver() {
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        process::exit(0);
    });
}

fn tell(told: &Told) -> io::Result<()> {
    writeln!(io::stdout(), "{told}")
}

type Answer = (StatusCode, Json<Reply>);

async fn challenge(State(mfa): State<MfaFlow>, Json(asked): Json<Challenge>) -> Answer {
    let decided = async {
        let user = people::user(asked.user).map_err(|_| "no_such_user")?;
        let session = session(&asked.session)?;
        mfa.challenge(&user, &session, Login::new()).await.map_err(|error| code(&error))
    };
    answer(decided.await.and_then(|decision| match decision {
        Decision::Challenged(challenge) => {
            Ok(Reply::Challenged { id: challenge.id.as_str().to_owned() })
        }
        Decision::Refused(refusal) => Ok(refused(&refusal)),
        // Everybody in the table has a phone.
        Decision::NotEnrolled(_) => Err("not_enrolled"),
    }))
}

async fn approve(State(mfa): State<MfaFlow>, Json(asked): Json<Approve>) -> Answer {
    let approved = async {
        let (id, session) = (ChallengeId::from(asked.id.as_str()), session(&asked.session)?);
        mfa.approve(&id, &session, &asked.code).await.map_err(|error| code(&error))
    };
    answer(approved.await.and_then(|approval| match approval {
        Approval::LoggedIn(grant) => log_in(&asked.id, grant),
        Approval::Incorrect { .. } => Ok(Reply::Incorrect),
        Approval::Refused(refusal) => Ok(refused(&refusal)),
        _ => Err("not_a_login"),
    }))
}

async fn resend(State(mfa): State<MfaFlow>, Json(asked): Json<Resend>) -> Answer {
    let resent = async {
        let (id, session) = (ChallengeId::from(asked.id.as_str()), session(&asked.session)?);
        let same = verify_mfa::flow::Resend::Same;
        mfa.resend(&id, &session, same).await.map_err(|error| code(&error))
    };
    answer(resent.await.map(|resent| match resent {
        Resent::Sent(_) => Reply::Resent,
        Resent::Refused(refusal) => refused(&refusal),
    }))
}

/// The one door: whoever calls it has a grant, and each grant is told of before it is used.
fn log_in(id: &str, grant: LoginGrant) -> Result<Reply, &'static str> {
    let user = people::number(grant.user()).ok_or("no_such_user")?;
    let told = tell(&Told::Granted { challenge: name_of(id), user });
    told.map_err(|_| "the_driver_is_gone")?;
    Ok(Reply::LoggedIn { user })
}

fn session(secret: &str) -> Result<Session, &'static str> {
    Session::new(secret).map_err(|_| "no_session")
}

fn refused(refusal: &Refusal) -> Reply {
    Reply::Refused { code: refusal.code().to_owned() }
}

fn answer(reply: Result<Reply, &'static str>) -> Answer {
    match reply {
        Ok(reply) => (StatusCode::OK, Json(reply)),
        Err(code) => {
            (StatusCode::SERVICE_UNAVAILABLE, Json(Reply::Failed { code: code.to_owned() }))
        }
    }
}

/// A stable name for what went wrong.
fn code(error: &Error) -> &'static str {
    match error {
        Error::Store { .. } => "store_failed",
        Error::Conflict => "conflict",
        Error::Ambiguous(_) => "ambiguous",
        Error::Unreachable { .. } => "twilio_unreachable",
        Error::Twilio(_) => "twilio_error",
        _ => "other_error",
    }
}

/// A node that is killed while it asks about a code leaves the challenge unusable for this long and
/// five seconds more.
const TIMEOUT: Duration = Duration::from_secs(2);
