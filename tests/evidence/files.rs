//! The files of a zip: taken out, changed, packed anew as somebody would who knows how.

use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use ticun::domain::digest::Digest;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Names and contents, in the order of the zip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files(pub Vec<(String, Vec<u8>)>);

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

pub fn ticun(args: &[&str]) -> Said {
    let ran = Command::new(env!("CARGO_BIN_EXE_ticun")).args(args).env_remove("RUST_BACKTRACE").output().unwrap();
    Said {
        code: ran.status.code().expect("an exit code"),
        out: String::from_utf8(ran.stdout).unwrap(),
        complaint: String::from_utf8(ran.stderr).unwrap(),
    }
}

impl Files {
    pub fn read(bytes: &[u8]) -> Self {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a zip");
        let all = (0..zip.len()).map(|index| {
            let mut file = zip.by_index(index).expect("a file");
            let mut content = Vec::new();
            file.read_to_end(&mut content).expect("its content");
            (file.name().expect("a name").into_owned(), content)
        });
        Self(all.collect())
    }

    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[track_caller]
    pub fn get(&self, name: &str) -> &[u8] {
        let found = self.0.iter().find(|(known, _)| known == name);
        &found.unwrap_or_else(|| panic!("{name} is missing in {:?}", self.names())).1
    }

    pub fn text(&self, name: &str) -> &str {
        std::str::from_utf8(self.get(name)).expect("text")
    }

    pub fn json(&self, name: &str) -> Value {
        serde_json::from_slice(self.get(name)).expect("JSON")
    }

    /// The names that begin so.
    pub fn below(&self, folder: &str) -> Vec<&str> {
        self.names().into_iter().filter(|name| name.starts_with(folder)).collect()
    }

    /// The same with one file changed, and nothing else.
    pub fn with(&self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        let mut changed = self.clone();
        let found = changed.0.iter_mut().find(|(known, _)| known == name);
        found.expect("such a file").1 = content.into();
        changed
    }

    /// The same without one file.
    pub fn without(&self, name: &str) -> Self {
        let mut changed = self.clone();
        changed.0.retain(|(known, _)| known != name);
        assert_ne!(changed.0.len(), self.0.len(), "{name} was there");
        changed
    }

    /// The same with lists that fit what is in it now.
    pub fn listed(mut self) -> Self {
        let mut manifest = self.json("manifest.json");
        let lists = ["manifest.json", "SHA256SUMS"];
        self.0.retain(|(name, _)| !lists.contains(&name.as_str()));
        let listed = |(name, content): &(String, Vec<u8>)| {
            json!({
                "name": name, "sha256": Digest::of(&[content]), "size": content.len(), "sm3": Digest::sm3(content)
            })
        };
        manifest["files"] = self.0.iter().map(listed).collect();
        self.0.push(("manifest.json".to_owned(), manifest.to_string().into_bytes()));
        let sum = |(name, content): &(String, Vec<u8>)| format!("{}  {name}\n", Digest::of(&[content]));
        let sums: String = self.0.iter().map(sum).collect();
        self.0.push(("SHA256SUMS".to_owned(), sums.into_bytes()));
        self
    }

    pub fn packed(&self) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in &self.0 {
            zip.start_file(name.as_str(), SimpleFileOptions::default()).expect("a file");
            zip.write_all(content).expect("its content");
        }
        zip.finish().expect("a zip").into_inner()
    }

    pub fn unpack(&self, folder: &Path) {
        for (name, content) in &self.0 {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, content).expect("a file");
        }
    }

    /// What `ticun audit evidence` says of it.
    pub fn audited(&self, further: &[&str]) -> Said {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("evidence.zip");
        std::fs::write(&path, self.packed()).expect("a file");
        let mut args = vec!["audit", "evidence", path.to_str().expect("a path")];
        args.extend(further);
        ticun(&args)
    }
}
