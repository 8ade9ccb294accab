use axum::{
    Extension, Router,
    body::{Bytes, HttpBody},
    http::StatusCode,
    middleware::from_fn_with_state,
    routing::post,
};
use tower::ServiceExt;

use super::{
    answers::{LARGEST, MOST, REMEMBERED},
    *,
};

fn site(forms: &Idempotency) -> Router {
    let done = async |Extension(accepted): Extension<Accepted>, body: String| {
        if !body.contains("forged") {
            accepted.set();
        }
        let status = if body.contains("again") { StatusCode::OK } else { StatusCode::SEE_OTHER };
        (status, [("location", body)])
    };
    Router::new().route("/", post(done)).layer(from_fn_with_state(forms.clone(), deduplicate))
}

async fn send(forms: &Idempotency, session: &str, body: impl Into<Body>) -> Response {
    let request = Request::post("/").header("cookie", format!("session={session}"));
    site(forms).oneshot(request.body(body.into()).unwrap()).await.unwrap()
}

fn stored(forms: &Idempotency) -> usize {
    forms.lock().answered.len()
}

#[tokio::test]
async fn a_session_has_one_stored_answer_and_nothing_in_progress() {
    let forms = Idempotency::new("session");
    for form in ["one", "two", "three"] {
        send(&forms, "ada", form).await;
    }
    assert_eq!((stored(&forms), forms.lock().in_progress.len()), (1, 0));
}

#[tokio::test]
async fn neither_pages_nor_forged_forms_nor_large_answers_are_stored() {
    let forms = Idempotency::new("session");
    for form in ["again", "forged", &"x".repeat(LARGEST)] {
        send(&forms, "ada", form.to_owned()).await;
    }
    assert_eq!(stored(&forms), 0);
}

#[tokio::test]
async fn however_many_sessions_there_are_only_so_many_answers_are_stored() {
    let forms = Idempotency::new("session");
    for session in 0..MOST + 10 {
        send(&forms, &session.to_string(), "form").await;
    }
    assert_eq!(stored(&forms), MOST);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_forgotten_in_time_though_nobody_asks() {
    let forms = Idempotency::new("session");
    send(&forms, "ada", "form").await;
    time::advance(REMEMBERED - Duration::from_secs(1)).await;
    assert_eq!(stored(&forms), 1);
    time::advance(Duration::from_secs(2)).await;
    tokio::task::yield_now().await;
    assert_eq!(stored(&forms), 0);
}

#[tokio::test(start_paused = true)]
async fn a_form_that_is_never_sent_whole_is_refused() {
    let forms = Idempotency::new("session");
    let never = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
    let answer = send(&forms, "ada", Body::from_stream(never)).await;
    assert_eq!(answer.extensions().get(), Some(&PageError::BadRequest));
    assert!(answer.body().is_end_stream());
}
