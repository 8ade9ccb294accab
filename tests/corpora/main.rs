//! Everything that a fuzz target was ever interested in, once more: the files below `tests/corpora`,
//! of which those with a name were written by hand.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::from_str;
use verify_mfa::client::{Service, Verification, VerificationCheck};

#[path = "../fuzz/targets/mod.rs"]
mod targets;

fn corpora() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "corpora"].iter().collect()
}

fn replay(target: &str) {
    let mut files = 0;
    for file in fs::read_dir(corpora().join(target)).unwrap() {
        targets::run(target, &fs::read(file.unwrap().path()).unwrap());
        files += 1;
    }
    assert!(files >= 3, "{files} files");
}

macro_rules! replays {
    ($($target:ident)+) => { $(
        #[test]
        fn $target() {
            replay(stringify!($target));
        }
    )+ };
}

replays! { challenge_id code error_body next_path page_url phone reply retry_after sid webhook }

#[test]
fn every_target_has_a_corpus_and_a_program() {
    let targets: BTreeSet<_> =
        targets::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let folders = fs::read_dir(corpora()).unwrap().map(|entry| entry.unwrap().path());
    let folders = folders.filter(|path| path.is_dir());
    let folders = folders.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
    assert_eq!(folders.collect::<BTreeSet<_>>(), targets);

    let manifest = fs::read_to_string(corpora().join("../fuzz/Cargo.toml")).unwrap();
    let programs = manifest.lines().filter_map(|line| line.strip_prefix("name = ")).skip(1);
    let programs = programs.map(|name| name.trim_matches('"').to_owned());
    assert_eq!(programs.collect::<BTreeSet<_>>(), targets);
}

/// Or else the target would do nothing with all that was made from them.
#[test]
fn the_replies_written_by_hand_can_be_decoded() {
    from_str::<Verification>(include_str!("reply/verification")).unwrap();
    from_str::<VerificationCheck>(include_str!("reply/check")).unwrap();
    from_str::<Service>(include_str!("reply/service")).unwrap();
}
