//! `checksum=TYPE:VALUE`: what an archive must be. The value may also stand in a file of checksums, `checksum=file:URL`.

use crate::error::{Failure, Fetched, io};
use md5::Digest;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// A digest that something must have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Checksum {
    kind: Kind,
    hex: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

const KINDS: [(&str, Kind, usize); 4] = [
    ("md5", Kind::Md5, 32),
    ("sha1", Kind::Sha1, 40),
    ("sha256", Kind::Sha256, 64),
    ("sha512", Kind::Sha512, 128),
];

impl Checksum {
    /// Reads `TYPE:HEX`, or `HEX` of a length that tells the type.
    pub(super) fn parse(text: &str) -> Fetched<Checksum> {
        let bad = || {
            Failure::new(format!("{text:?} is not a checksum"))
                .advise(
                    "The form is TYPE:VALUE, with md5, sha1, sha256 or sha512 as type and a value in hexadecimal, \
                     or file:URL with the address of a file of checksums.",
                )
        };
        let (kind, hex) = match text.split_once(':') {
            Some((name, hex)) => (KINDS.iter().find(|(n, ..)| *n == name).ok_or_else(bad)?, hex),
            None => (KINDS.iter().find(|(.., length)| *length == text.len()).ok_or_else(bad)?, text),
        };
        if hex.len() != kind.2 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(bad());
        }
        Ok(Checksum { kind: kind.1, hex: hex.to_lowercase() })
    }

    /// Finds the checksum of `file` in a list as `sha256sum` and the like write it: `HEX  NAME`, `HEX *NAME`,
    /// `TYPE (NAME) = HEX`, or a checksum and nothing else.
    pub(super) fn in_list(list: &str, file: &str) -> Option<Checksum> {
        let is_it = |name: &str| name.trim_start_matches(['*', ' ']).rsplit('/').next() == Some(file);
        let lines = || list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let named = lines().find_map(|line| {
            if let Some((kind, rest)) = line.split_once(" (")
                && let Some((name, hex)) = rest.rsplit_once(") = ")
            {
                return is_it(name).then(|| format!("{}:{hex}", kind.to_lowercase()));
            }
            let (hex, name) = line.split_once(char::is_whitespace)?;
            is_it(name).then(|| hex.to_owned())
        });
        let alone = || lines().next().filter(|_| lines().count() == 1).map(str::to_owned);
        Checksum::parse(&named.or_else(alone)?).ok()
    }

    /// Checks a file, and leaves it at its start.
    pub(super) fn check(&self, file: &mut File) -> Fetched<()> {
        let found = match self.kind {
            Kind::Md5 => digest::<md5::Md5>(file),
            Kind::Sha1 => digest::<sha1::Sha1>(file),
            Kind::Sha256 => digest::<sha2::Sha256>(file),
            Kind::Sha512 => digest::<sha2::Sha512>(file),
        };
        let found = found.map_err(io("reading what was downloaded"))?;
        if found == self.hex {
            return Ok(());
        }
        Err(Failure::new(format!("the checksum does not match: expected {}, got {found}", self.hex)).advise(
            "What the server has is not what the address promises: find out why before you change the checksum. \
             Nothing was installed.",
        ))
    }
}

fn digest<D: Digest>(file: &mut File) -> std::io::Result<String> {
    file.seek(SeekFrom::Start(0))?;
    let (mut hash, mut buffer) = (D::new(), vec![0; 64 << 10]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(buffer.get(..read).unwrap_or_default());
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(hex(&hash.finalize()))
}

/// Bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Checksum;
    use std::io::Write;

    #[test]
    fn lists_are_searched_by_name() {
        let hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let other = hex.replace('b', "c");
        for list in [
            format!("{hex}\n"),
            format!("{other}  other.zip\n{hex}  m.zip\n"),
            format!("# sums\n\n{other} *m.zip.sig\n{hex} *./dist/m.zip\n"),
            format!("SHA256 (other.zip) = {other}\nSHA256 (m.zip) = {hex}\n"),
        ] {
            assert_eq!(Checksum::in_list(&list, "m.zip"), Some(Checksum::parse(hex).unwrap()), "{list}");
        }
        for list in
            [String::new(), format!("{hex}  other.zip"), format!("{hex}\n{other}\n"), "1234  m.zip".into()]
        {
            assert_eq!(Checksum::in_list(&list, "m.zip"), None, "{list}");
        }
    }

    #[test]
    fn files_are_checked() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"abc").unwrap();
        for text in [
            "md5:900150983cd24fb0d6963f7d28e17f72",
            "sha1:A9993E364706816ABA3E25717850C26C9CD0D89D",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ] {
            Checksum::parse(text).unwrap().check(&mut file).unwrap();
        }
        let other = Checksum::parse("md5:900150983cd24fb0d6963f7d28e17f73").unwrap();
        assert!(other.check(&mut file).unwrap_err().to_string().contains("does not match"));
        for text in ["", "crc:12", "md5:12", "sha256:xyz", "12"] {
            assert!(Checksum::parse(text).is_err(), "{text}");
        }
    }
}
