//! A browser that knows the way: it asks for the pages that a person sees, over one connection.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};
use url::form_urlencoded;
use verify_mfa::{BoxError, sandbox::Sandbox};

pub(crate) struct Browser {
    stream: BufReader<TcpStream>,
    user: u32,
    session: String,
}

struct Answer {
    location: String,
    body: String,
}

impl Browser {
    /// Without a cookie.
    pub(crate) async fn connect(address: SocketAddr, user: u32) -> Result<Self, BoxError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), user, session: String::new() })
    }

    pub(crate) async fn enroll(mut self, sandbox: &Sandbox) -> Result<(), BoxError> {
        let name = self.name();
        let page = self.get("/register").await?;
        self.post("/register", &page, &[("name", &name), ("password", PASSWORD)]).await?;
        let page = self.get("/two-factor/enable").await?;
        let phone = self.phone();
        let fields = [("country", "US"), ("phone", phone.as_str()), ("consent", "yes")];
        let answer = self.post("/two-factor/enable", &page, &fields).await?;
        self.code(&answer, sandbox).await
    }

    pub(crate) async fn log_in(mut self, sandbox: &Sandbox) -> Result<(), BoxError> {
        let name = self.name();
        let page = self.get("/login").await?;
        let fields = [("name", name.as_str()), ("password", PASSWORD)];
        let answer = self.post("/login", &page, &fields).await?;
        self.code(&answer, sandbox).await
    }

    /// From the redirect to the code page to the profile.
    async fn code(&mut self, answer: &Answer, sandbox: &Sandbox) -> Result<(), BoxError> {
        expect(answer, "/code")?;
        let page = self.get("/code").await?;
        let code = sandbox.code_for(self.phone()).ok_or("no message")?;
        let answer = self.post("/code", &page, &[("code", &code)]).await?;
        expect(&answer, "/profile")?;
        let profile = self.get("/profile").await?;
        let greeting = format!("Hi {}", self.name());
        profile.body.contains(&greeting).then_some(()).ok_or("not logged in".into())
    }

    fn name(&self) -> String {
        format!("user{}", self.user)
    }

    fn phone(&self) -> String {
        format!("+1415555{:04}", 100 + self.user)
    }

    async fn get(&mut self, path: &str) -> Result<Answer, BoxError> {
        self.send("GET", path, "").await
    }

    async fn post(
        &mut self,
        path: &str,
        page: &Answer,
        fields: &[(&str, &str)],
    ) -> Result<Answer, BoxError> {
        let body = filled_in(page, fields)?;
        self.send("POST", path, &body).await
    }

    async fn send(&mut self, method: &str, path: &str, body: &str) -> Result<Answer, BoxError> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nsec-fetch-site: same-origin\r\n\
             cookie: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n",
            self.session,
            body.len()
        );
        self.stream.write_all(format!("{head}{body}").as_bytes()).await?;
        self.receive().await
    }

    async fn receive(&mut self) -> Result<Answer, BoxError> {
        let (mut location, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                if line.trim_end().is_empty() { break } else { continue }
            };
            match name {
                "location" => value.clone_into(&mut location),
                "content-length" => length = value.parse()?,
                "set-cookie" if value.starts_with("session=") => {
                    value.split(';').next().unwrap_or_default().clone_into(&mut self.session);
                }
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        Ok(Answer { location, body: String::from_utf8(body)? })
    }
}

fn expect(answer: &Answer, location: &str) -> Result<(), BoxError> {
    if answer.location == location {
        return Ok(());
    }
    Err(format!("went to {:?} instead of {location}: {}", answer.location, answer.body).into())
}

fn filled_in(page: &Answer, fields: &[(&str, &str)]) -> Result<String, BoxError> {
    let token = page.body.split_once("name=\"csrf\" value=\"").ok_or("no form")?.1;
    let token = token.split('"').next().unwrap_or_default();
    let mut form = form_urlencoded::Serializer::new(String::new());
    Ok(form.append_pair("csrf", token).extend_pairs(fields).finish())
}

const PASSWORD: &str = "correct horse battery";
