//! The program itself: how it starts, and how it ends.
#![cfg(unix)]

use std::{
    ffi::OsString,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

struct Program(Command, PathBuf);

impl Program {
    fn new(name: &str) -> Self {
        let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::remove_dir_all(&directory).unwrap_or_default();
        std::fs::create_dir_all(&directory).expect("a directory");
        let mut command = Command::new(env!("CARGO_BIN_EXE_verify-mfa-web"));
        let twilio = std::env::vars_os().map(|(name, _)| name);
        for name in twilio.filter(|name| name.to_string_lossy().starts_with("TWILIO_")) {
            command.env_remove(name);
        }
        command.current_dir(&directory).env("WEB_LISTEN", "127.0.0.1:0");
        command.env("WEB_DATABASE", directory.join("web.sqlite"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command, directory)
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// Until it says that it runs.
    fn start(&mut self) -> Child {
        let mut child = self.0.spawn().expect("the program");
        let mut lines = BufReader::new(child.stdout.as_mut().expect("its output")).lines();
        assert!(lines.by_ref().flatten().any(|line| line.starts_with("SANDBOX")));
        child
    }

    /// What it says when it does not start.
    fn fails(mut self) -> String {
        let output = self.0.output().expect("the program");
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}

fn terminate(child: &mut Child) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill").success());
    assert!(child.wait().expect("its end").success());
}

#[test]
fn a_service_manager_ends_it_as_ctrl_c_does() {
    terminate(&mut Program::new("terminated").start());
}

#[test]
fn what_is_missing_is_told_before_anything_else_happens() {
    let shop = |name| Program::new(name).with("WEB_PUBLIC_URL", "https://shop.example");
    assert!(shop("no proxy").fails().contains("WEB_PROXY is not set"));
    let sandbox = shop("sandbox").with("WEB_PROXY", "none").fails();
    assert!(sandbox.contains("WEB_SANDBOX=public"), "{sandbox}");
}

#[test]
fn nobody_else_reads_its_files() {
    let mut program = Program::new("private");
    let mut child = program.start();
    let modes: Vec<_> = files(&program.1).map(|(name, mode)| (name, mode & 0o777)).collect();
    terminate(&mut child);
    assert!(modes.len() >= 3, "{modes:?}");
    assert!(modes.iter().all(|(_, mode)| *mode == 0o600), "{modes:?}");
}

fn files(directory: &Path) -> impl Iterator<Item = (OsString, u32)> {
    std::fs::read_dir(directory)
        .expect("a directory")
        .flatten()
        .map(|file| (file.file_name(), file.metadata().expect("a mode").permissions().mode()))
}

#[test]
fn a_database_without_its_keys_is_not_opened() {
    let mut program = Program::new("no keys");
    terminate(&mut program.start());
    std::fs::remove_file(program.1.join("web.sqlite.key")).expect("the keys");
    let error = program.fails();
    assert!(error.contains("Put them back"), "{error}");
}
