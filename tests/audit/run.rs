//! Running the program, and what it answers.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What the program said, and its exit code.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub complaint: String,
}

impl Said {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

pub fn ticun<S: AsRef<OsStr>>(args: &[S]) -> Said {
    let ran = Command::new(env!("CARGO_BIN_EXE_ticun")).args(args).env_remove("RUST_BACKTRACE").output().unwrap();
    Said {
        code: ran.status.code().expect("an exit code"),
        out: String::from_utf8(ran.stdout).unwrap(),
        complaint: String::from_utf8(ran.stderr).unwrap(),
    }
}

/// Verifies the log in a folder; further arguments as they are.
pub fn verify(folder: &Path, further: &[&str]) -> Said {
    let mut args = vec!["audit", "verify", folder.to_str().unwrap(), "--json"];
    args.extend(further);
    ticun(&args)
}

#[track_caller]
pub fn good(folder: &Path, further: &[&str]) -> Value {
    let said = verify(folder, further);
    assert_eq!(said.code, 0, "{said:?}");
    let verdict = said.json();
    assert_eq!(verdict["verdict"], "good", "{verdict}");
    verdict
}

/// Checks that misbehaviour is proven in these entries, for a reason with these words.
#[track_caller]
pub fn caught(folder: &Path, further: &[&str], entries: (usize, usize), words: &str) -> Value {
    let said = verify(folder, further);
    assert_eq!(said.code, 2, "{said:?}");
    let verdict = said.json();
    assert_eq!(verdict["verdict"], "misbehaviour", "{verdict}");
    assert_eq!((&verdict["position"], &verdict["position_last"]), (&entries.0.into(), &entries.1.into()), "{verdict}");
    assert!(verdict["reason"].as_str().unwrap().contains(words), "{verdict}");
    verdict
}

/// Checks that it cannot be decided, for a reason with these words.
#[track_caller]
pub fn undecided(folder: &Path, further: &[&str], words: &str) {
    let said = verify(folder, further);
    assert_eq!(said.code, 1, "{said:?}");
    let verdict = said.json();
    assert_eq!(verdict["verdict"], "undecided", "{verdict}");
    assert!(verdict["reason"].as_str().unwrap().contains(words), "{verdict}");
}
