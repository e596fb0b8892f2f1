//! What archives may hold, and what hostile and broken ones get to hear.

use super::*;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Seek, SeekFrom, Write};
use std::path::PathBuf;
use tar::{EntryType, Header};
use zip::write::SimpleFileOptions;

/// An entry of an archive: its type, name, mode, and content or link target.
#[derive(Clone, Copy)]
struct Entry(EntryType, &'static str, u32, &'static str);

const fn file(name: &'static str, content: &'static str) -> Entry {
    Entry(EntryType::Regular, name, 0o644, content)
}

const fn link(name: &'static str, target: &'static str) -> Entry {
    Entry(EntryType::Symlink, name, 0o777, target)
}

/// A tar archive, with names as they are: the writer of the crate refuses hostile ones.
fn tarball(entries: &[Entry]) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    for Entry(kind, name, mode, content) in entries {
        let mut header = Header::new_gnu();
        let is_link = matches!(kind, EntryType::Symlink | EntryType::Link);
        header.set_entry_type(*kind);
        header.set_mode(*mode);
        header.set_size(if is_link { 0 } else { content.len() as u64 });
        let gnu = header.as_gnu_mut().unwrap();
        gnu.name[..name.len()].copy_from_slice(name.as_bytes());
        if is_link {
            gnu.linkname[..content.len()].copy_from_slice(content.as_bytes());
        }
        header.set_cksum();
        out.append(&header, if is_link { &[] } else { content.as_bytes() }).unwrap();
    }
    out.into_inner().unwrap()
}

fn zipped(entries: &[Entry]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for Entry(kind, name, mode, content) in entries {
        let options = SimpleFileOptions::default().unix_permissions(*mode);
        match kind {
            EntryType::Directory => out.add_directory(*name, options).unwrap(),
            EntryType::Symlink => out.add_symlink(*name, *content, options).unwrap(),
            _ => {
                out.start_file(*name, options).unwrap();
                out.write_all(content.as_bytes()).unwrap();
            }
        }
    }
    out.finish().unwrap().into_inner()
}

/// Unpacks into `inner` of a new directory. What comes of it, and all that is in the directory.
fn unpacked(bytes: &[u8], kind: Kind, limits: Limits) -> (Fetched<()>, BTreeMap<String, String>) {
    let dir = tempfile::tempdir().unwrap();
    let inner = dir.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let mut archive = tempfile::tempfile().unwrap();
    archive.write_all(bytes).unwrap();
    archive.seek(SeekFrom::Start(0)).unwrap();
    let done = unpack(archive, kind, &inner, limits);
    let mut found = BTreeMap::new();
    list(dir.path(), dir.path(), &mut found);
    (done, found)
}

fn list(root: &Path, dir: &Path, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().display().to_string();
        let metadata = fs::symlink_metadata(&path).unwrap();
        if metadata.is_symlink() {
            found.insert(name, format!("-> {}", fs::read_link(&path).unwrap().display()));
        } else if metadata.is_dir() {
            list(root, &path, found);
        } else {
            let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o7100;
            found.insert(name, format!("{mode:o} {}", fs::read_to_string(&path).unwrap()));
        }
    }
}

const TAR: Kind = Kind::Tar(Compression::None);

#[test]
fn files_directories_and_links_are_unpacked() {
    let entries = [
        Entry(EntryType::Directory, "a/", 0o700, ""),
        file("a/main.tf", "one"),
        Entry(EntryType::Regular, "./run.sh", 0o6755, "two"),
        link("a/up", "../run.sh"),
        link("b/c/deep", "../../a"),
    ];
    let want = [
        ("inner/a/main.tf", "0 one"),
        ("inner/a/up", "-> ../run.sh"),
        ("inner/b/c/deep", "-> ../../a"),
        ("inner/run.sh", "100 two"),
    ];
    let want: BTreeMap<String, String> = want.map(|(n, c)| (n.to_owned(), c.to_owned())).into();
    for (bytes, kind) in [(tarball(&entries), TAR), (zipped(&entries), Kind::Zip)] {
        let (done, found) = unpacked(&bytes, kind, LIMITS);
        done.unwrap();
        assert_eq!(found, want, "{kind:?}");
    }
    let again = [file("a", "one"), Entry(EntryType::Link, "b", 0o644, "a"), file("a", "two")];
    let (done, found) = unpacked(&tarball(&again), TAR, LIMITS);
    done.unwrap();
    assert_eq!(found["inner/a"], "0 two");
    assert_eq!(found["inner/b"], "0 one", "a hard link is a copy");
}

#[test]
fn nothing_is_written_outside() {
    let both: &[&[Entry]] = &[
        &[file("../evil", "x")],
        &[file("a/../../evil", "x")],
        &[file("/tmp/terrane-evil", "x")],
        &[link("a", "/etc/passwd")],
        &[link("a", "../evil")],
        &[link("a/b", "../../evil")],
        &[link("a", "..")],
        &[link("a", ".."), file("a/evil", "x")],
        &[link("d/l", ".."), link("d/m", "l/../../evil")],
        &[link("x", "."), link("x/y", "../evil")],
    ];
    let tar_only: &[&[Entry]] = &[
        &[Entry(EntryType::Link, "a", 0o644, "/etc/passwd")],
        &[Entry(EntryType::Link, "a", 0o644, "../evil")],
        &[Entry(EntryType::Link, "a", 0o644, "nowhere")],
        &[link("a", "b"), Entry(EntryType::Link, "c", 0o644, "a")],
        &[Entry(EntryType::Char, "null", 0o666, "")],
        &[Entry(EntryType::Block, "disk", 0o666, "")],
        &[Entry(EntryType::Fifo, "pipe", 0o666, "")],
    ];
    let zips = both.iter().map(|e| (zipped(e), Kind::Zip, *e));
    let tars = both.iter().chain(tar_only).map(|e| (tarball(e), TAR, *e));
    for (bytes, kind, entries) in zips.chain(tars) {
        let names: Vec<_> = entries.iter().map(|e| (e.1, e.3)).collect();
        let (done, found) = unpacked(&bytes, kind, LIMITS);
        let error = done.expect_err(&format!("{kind:?} {names:?}")).to_string();
        assert!(error.contains("Nothing was installed"), "{names:?}: {error}");
        assert!(found.keys().all(|name| name.starts_with("inner/")), "{names:?}: {found:?}");
    }
    assert!(!Path::new("/tmp/terrane-evil").exists());
}

#[test]
fn a_file_does_not_replace_a_link_by_writing_through_it() {
    let (done, found) = unpacked(&tarball(&[link("a", "b"), file("b", "keep"), file("a", "x")]), TAR, LIMITS);
    done.unwrap();
    assert_eq!((found["inner/a"].as_str(), found["inner/b"].as_str()), ("-> b", "0 keep"));
}

#[test]
fn growth_is_limited() {
    let small = Limits { packed: 1 << 20, unpacked: 3 << 20, entries: 5 };
    let zeros: &'static str = Box::leak("\0".repeat(4 << 20).into_boxed_str());
    let many: Vec<Entry> = ["a", "b", "c", "d", "e", "f"].map(|name| file(name, "")).to_vec();
    let bomb = [file("bomb", zeros)];
    let gzipped = |bytes: Vec<u8>| {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        out.write_all(&bytes).unwrap();
        out.finish().unwrap()
    };
    for (bytes, kind, why) in [
        (zipped(&bomb), Kind::Zip, "more than 3 MiB"),
        (gzipped(tarball(&bomb)), Kind::Tar(Compression::Gzip), "more than 3 MiB"),
        (zipped(&many), Kind::Zip, "more than 5 entries"),
        (tarball(&many), TAR, "more than 5 entries"),
    ] {
        assert!(bytes.len() < 64 << 10, "the archive itself is small");
        let error = unpacked(&bytes, kind, small).0.unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn broken_archives_are_told() {
    let whole = tarball(&[file("a", "one two three")]);
    for (bytes, kind) in [
        (b"no archive at all".to_vec(), Kind::Zip),
        (b"no archive at all".to_vec(), TAR),
        (Vec::new(), TAR),
        (whole[..520].to_vec(), TAR),
        (whole.clone(), Kind::Tar(Compression::Gzip)),
        (whole.clone(), Kind::Tar(Compression::Bzip2)),
        (whole, Kind::Tar(Compression::Xz)),
    ] {
        let error = unpacked(&bytes, kind, LIMITS).0.unwrap_err().to_string();
        assert!(error.contains("cannot be read"), "{kind:?}: {error}");
    }
}

#[test]
fn kinds_are_known_by_names() {
    for (name, want) in [
        ("x.zip", Some(Kind::Zip)),
        ("x.tar.gz", Some(Kind::Tar(Compression::Gzip))),
        ("x.tgz", Some(Kind::Tar(Compression::Gzip))),
        ("x.tar.bz2", Some(Kind::Tar(Compression::Bzip2))),
        ("x.txz", Some(Kind::Tar(Compression::Xz))),
        ("x.tar", Some(TAR)),
        ("zip", None),
        ("x.gz", None),
        ("archive", None),
    ] {
        assert_eq!(Kind::of_file(name), want, "{name}");
    }
}
