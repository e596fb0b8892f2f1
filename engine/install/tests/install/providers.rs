//! Packages of providers: a registry with signed checksums and a network mirror over TLS, mirrors in
//! directories, the cache, the lock file's hashes, and what is refused.

use crate::server::{Answer, Asked, Server};
use crate::{Project, has, sha256, zipped};
use pgp::composed::{ArmorOptions, DetachedSignature, KeyType, SecretKeyParamsBuilder, SignedSecretKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::ser::Serialize;
use pgp::types::Password;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use terrane_address::{ProviderAddress, Version};
use terrane_install::{
    Installation, InstalledProvider, LockedProvider, Method, Patterns, Place, ProviderInstaller,
    ProviderRequest, executable, platform,
};

/// The key of the authors, and one of somebody else.
static KEYS: LazyLock<[SignedSecretKey; 2]> = LazyLock::new(|| [key("authors"), key("mallory")]);

fn key(name: &str) -> SignedSecretKey {
    let mut key = SecretKeyParamsBuilder::default();
    key.key_type(KeyType::Ed25519Legacy)
        .can_sign(true)
        .primary_user_id(format!("{name} <{name}@example.com>"));
    key.build().unwrap().generate(rand::thread_rng()).unwrap()
}

fn armored(key: &SignedSecretKey) -> String {
    key.to_public_key().to_armored_string(ArmorOptions::default()).unwrap()
}

fn signature(key: &SignedSecretKey, data: &[u8]) -> Vec<u8> {
    let made = DetachedSignature::sign_binary_data(
        rand::thread_rng(),
        &key.primary_key,
        &Password::empty(),
        HashAlgorithm::Sha256,
        data,
    );
    made.unwrap().to_bytes().unwrap()
}

fn package(version: &str) -> Vec<u8> {
    let program = format!("terraform-provider-thing_v{version}");
    zipped(&[(&program, "#!/bin/sh\n"), ("LICENSE", "free")])
}

fn file_name(version: &str) -> String {
    format!("terraform-provider-thing_{version}_{}.zip", platform())
}

fn sums(version: &str) -> String {
    format!(
        "{}  {}\n{}  other_{version}_plan9_mips.zip\n",
        sha256(&package(version)),
        file_name(version),
        "ab".repeat(32)
    )
}

/// A registry with the provider `ops/thing`, and others in which something is wrong, by name; and a mirror
/// below `/mirror/`.
fn registry(asked: &Asked) -> Answer {
    let (os, arch) = platform().split_once('_').map(|(os, arch)| (os.to_owned(), arch.to_owned())).unwrap();
    let parts: Vec<&str> = asked.path().trim_start_matches('/').split('/').collect();
    match parts[..] {
        [".well-known", "terraform.json"] => Answer::ok("{\"providers.v1\": \"/v1/providers/\"}"),
        ["v1", "providers", "ops", "absent", ..] => Answer::new(404),
        ["v1", "providers", "ops", _, "versions"] => {
            let entry = |version: &str, protocol: &str, os: &str| {
                format!(
                    "{{\"version\": \"{version}\", \"protocols\": [\"{protocol}\"], \"platforms\": [{{\"os\": \"{os}\", \"arch\": \
                     \"{arch}\"}}]}}"
                )
            };
            let all = [
                entry("1.0.0", "5.0", &os),
                entry("1.1.0", "6.0", &os),
                entry("1.2.0", "5.0", "plan9"),
                entry("2.0.0", "7.0", &os),
                entry("3.0.0-beta1", "5.0", &os),
            ];
            Answer::ok(format!("{{\"versions\": [{}]}}", all.join(",")))
        }
        ["v1", "providers", "ops", name, version, "download", _, _] => Answer::ok(
            serde_json::json!({
                "protocols": ["5.0"], "os": os, "arch": arch, "filename": file_name(version),
                "download_url": format!("/files/{name}/{version}/package.zip"),
                "shasum": sha256(&package(version)),
                "shasums_url": format!("/files/{name}/{version}/SHA256SUMS"),
                "shasums_signature_url": format!("/files/{name}/{version}/SHA256SUMS.sig"),
                "signing_keys": {"gpg_public_keys": match name {
                    "keyless" => serde_json::json!([]),
                    _ => serde_json::json!([{"key_id": "A", "ascii_armor": armored(&KEYS[0]), "source": "Ops"}]),
                }},
            })
            .to_string(),
        ),
        ["files", "tampered", _, "package.zip"] => Answer::ok(zipped(&[("terraform-provider-thing", "evil")])),
        ["files", _, version, "package.zip"] => Answer::ok(package(version)),
        ["files", "swapped", version, "SHA256SUMS"] => Answer::ok(sums(version).replace(&file_name(version), "x.zip")),
        ["files", _, version, "SHA256SUMS"] => Answer::ok(sums(version)),
        ["files", "forged", version, "SHA256SUMS.sig"] => {
            Answer::ok(signature(&KEYS[1], sums(version).as_bytes()))
        }
        ["files", "noise", _, "SHA256SUMS.sig"] => Answer::ok("no signature"),
        ["files", "swapped", version, "SHA256SUMS.sig"] => {
            let swapped = sums(version).replace(&file_name(version), "x.zip");
            Answer::ok(signature(&KEYS[0], swapped.as_bytes()))
        }
        ["files", _, version, "SHA256SUMS.sig"] => Answer::ok(signature(&KEYS[0], sums(version).as_bytes())),
        ["mirror", _, "ops", "thing", "index.json"] => Answer::ok("{\"versions\": {\"1.0.0\": {}, \"1.5.0\": {}}}"),
        ["mirror", _, "ops", "thing", document] => {
            let version = document.trim_end_matches(".json");
            let hash = match version {
                "1.5.0" => format!("zh:{}", sha256(&package(version))),
                _ => format!("zh:{}", "00".repeat(32)),
            };
            let url = format!("{version}.zip");
            let archives = serde_json::json!({"archives": {platform(): {"url": url, "hashes": [hash]}}});
            match version.ends_with(".zip") {
                true => Answer::ok(package(version.trim_end_matches(".zip"))),
                false => Answer::ok(archives.to_string()),
            }
        }
        _ => Answer::new(404),
    }
}

fn request(address: &str, constraint: &str) -> ProviderRequest {
    ProviderRequest {
        address: address.parse().unwrap(),
        constraints: constraint.parse().into_iter().filter(|_| !constraint.is_empty()).collect(),
        locked: None,
    }
}

fn locked(installed: &InstalledProvider) -> LockedProvider {
    LockedProvider {
        version: installed.version.clone(),
        constraints: String::new(),
        hashes: installed.hashes.clone(),
    }
}

fn only(place: Place) -> Installation {
    Installation { methods: vec![Method { place, patterns: Patterns::default() }], ..Installation::default() }
}

impl Project {
    fn providers(&self) -> PathBuf {
        self.path("providers")
    }

    async fn provider(
        &self,
        request: &ProviderRequest,
        from: &Installation,
    ) -> Result<InstalledProvider, String> {
        fs::create_dir_all(self.providers()).unwrap();
        let installer = ProviderInstaller::new(&self.surroundings, self.providers(), from, &[], None);
        installer.install(request).await.map_err(|d| format!("{}: {}", d.summary, d.detail))
    }

    /// The program of an installed provider; `None` when it is not there.
    fn program(&self, address: &ProviderAddress, version: &Version) -> Option<PathBuf> {
        executable(&terrane_install::provider_dir(&self.providers(), address, version), &address.type_name)
            .ok()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn registries_serve_what_their_providers_have_signed() {
    let server = Server::https(registry).await;
    let thing = format!("{}/ops/thing", server.host());
    for (constraint, version) in [("", "1.1.0"), ("~> 1.0.0", "1.0.0"), ("3.0.0-beta1", "3.0.0-beta1")] {
        let project = Project::trusting(&server);
        let request = request(&thing, constraint);
        let installed = project.provider(&request, &Installation::default()).await.unwrap();
        assert_eq!(installed.version.to_string(), version);
        assert!(installed.signed_by.as_ref().unwrap().starts_with("Ops, key "), "{:?}", installed.signed_by);
        let zip = format!("zh:{}", sha256(&package(version)));
        assert!(installed.hashes.contains(&zip), "{:?}", installed.hashes);
        assert!(installed.hashes.contains(&format!("zh:{}", "ab".repeat(32))), "the other machines' hashes");
        assert_eq!(installed.hashes.iter().filter(|h| h.starts_with("h1:")).count(), 1);
        assert!(project.program(&request.address, &installed.version).is_some());

        // Once more, with the lock file: nothing is asked.
        let asked = server.count("");
        let again = ProviderRequest { locked: Some(locked(&installed)), ..request };
        assert!(project.provider(&again, &Installation::default()).await.unwrap().reused);
        assert_eq!(server.count(""), asked);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_vouches_for_is_refused_and_leaves_nothing() {
    let server = Server::https(registry).await;
    for (name, constraint, parts) in [
        ("forged", "", &["not vouched for", "none of the keys"][..]),
        ("noise", "", &["signature cannot be read"]),
        ("keyless", "", &["names no key"]),
        ("swapped", "", &["does not have terraform-provider-thing"]),
        ("tampered", "", &["does not have the registry's signed checksum"]),
        ("absent", "", &["has no provider", "required_providers"]),
        ("thing", "~> 9.0", &["no version for ~> 9.0", "1.1.0"]),
        ("thing", "2.0.0", &["no version for 2.0.0"]),
    ] {
        let project = Project::trusting(&server);
        let request = request(&format!("{}/ops/{name}", server.host()), constraint);
        let error = project.provider(&request, &Installation::default()).await.unwrap_err();
        has(&error, &["Failed to install provider", name]);
        has(&error, parts);
        let left: Vec<_> = walk(&project.providers()).into_iter().filter(|p| p.is_file()).collect();
        assert!(left.is_empty(), "{name} left {left:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lock_file_decides() {
    let server = Server::https(registry).await;
    let project = Project::trusting(&server);
    let mut request = request(&format!("{}/ops/thing", server.host()), "~> 1.0");
    let lock = |version: &str, hash: &str| LockedProvider {
        version: version.parse().unwrap(),
        constraints: String::new(),
        hashes: BTreeSet::from([hash.to_owned()]),
    };
    request.locked = Some(lock("1.0.0", "h1:AAAA"));
    let error = project.provider(&request, &Installation::default()).await.unwrap_err();
    has(&error, &["none of the checksums in the lock file", "Nothing was installed"]);
    assert!(project.program(&request.address, &"1.0.0".parse().unwrap()).is_none());

    request.locked = Some(lock("1.0.0", &format!("zh:{}", sha256(&package("1.0.0")))));
    let installed = project.provider(&request, &Installation::default()).await.unwrap();
    assert_eq!(installed.version.to_string(), "1.0.0", "the older version, since it is locked");

    request.locked = Some(lock("0.9.0", "h1:AAAA"));
    let error = project.provider(&request, &Installation::default()).await.unwrap_err();
    has(&error, &["the lock file has version 0.9.0", "asks for ~> 1.0", "init -upgrade"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn network_mirrors_need_no_registry() {
    let server = Server::https(registry).await;
    let project = Project::trusting(&server);
    let mirror = only(Place::Network(format!("https://{}/mirror/", server.host())));
    let installed = project.provider(&request("tf.example.com/ops/thing", ""), &mirror).await.unwrap();
    assert_eq!(installed.version.to_string(), "1.5.0");
    let error = project.provider(&request("tf.example.com/ops/thing", "1.0.0"), &mirror).await.unwrap_err();
    has(&error, &["does not have the mirror's checksum"]);
    let error = project.provider(&request("tf.example.com/ops/other", ""), &mirror).await.unwrap_err();
    has(&error, &["no package for", "/mirror/"]);
    for (url, why) in
        [("http://127.0.0.1:1/", "must begin with https"), ("https://127.0.0.1:1/a", "end in a slash")]
    {
        let error =
            project.provider(&request("ops/thing", ""), &only(Place::Network(url.into()))).await.unwrap_err();
        has(&error, &[why]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn directories_serve_what_they_have() {
    let project = Project::new();
    let mirror = project.path("mirror").join("registry.terraform.io/ops/thing");
    fs::create_dir_all(mirror.join("1.0.0").join(platform())).unwrap();
    fs::write(mirror.join("1.0.0").join(platform()).join("terraform-provider-thing_v1.0.0"), "x").unwrap();
    fs::write(mirror.join(file_name("1.1.0")), package("1.1.0")).unwrap();
    let evil = zipped(&[("../../escaped", "evil"), ("terraform-provider-thing", "x")]);
    fs::write(mirror.join(file_name("1.2.0")), evil).unwrap();
    fs::write(mirror.join(file_name("1.3.0")), zipped(&[("README", "no program")])).unwrap();
    let from = only(Place::Filesystem(project.path("mirror")));
    for version in ["1.0.0", "1.1.0"] {
        let request = request("ops/thing", version);
        let installed = project.provider(&request, &from).await.unwrap();
        assert!(project.program(&request.address, &installed.version).is_some(), "{version}");
    }
    let error = project.provider(&request("ops/thing", "1.2.0"), &from).await.unwrap_err();
    has(&error, &["../../escaped"]);
    assert!(!walk(&project.path("")).iter().any(|path| path.ends_with("escaped")));
    let error = project.provider(&request("ops/thing", "1.3.0"), &from).await.unwrap_err();
    has(&error, &["has no program named terraform-provider-thing"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_for_other_machines_are_kept_in_a_mirror() {
    let server = Server::https(registry).await;
    let project = Project::trusting(&server);
    let thing = format!("{}/ops/thing", server.host());
    fs::create_dir_all(project.providers()).unwrap();
    let mirror = project.path("mirror");
    let installer = || {
        let from = Installation::default();
        ProviderInstaller::new(&project.surroundings, project.providers(), &from, &[], None)
            .keeping_archives(&mirror)
    };
    let request = request(&thing, "1.1.0");
    let installed = installer().install(&request).await.unwrap();
    // The registry of this test has one package, for one platform and for plan9.
    let other = installer().for_platform("plan9_mips").install(&request).await;
    has(&other.unwrap_err().detail, &["no package for plan9_mips"]);

    terrane_install::describe_mirror(&mirror, &request.address).unwrap();
    let dir = mirror.join(request.address.to_string());
    let read = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&fs::read(dir.join(name)).unwrap()).unwrap()
    };
    assert_eq!(read("index.json"), serde_json::json!({ "versions": { "1.1.0": {} } }));
    let zip = format!("zh:{}", sha256(&package("1.1.0")));
    let archive = serde_json::json!({ "hashes": [zip], "url": file_name("1.1.0") });
    assert_eq!(read("1.1.0.json"), serde_json::json!({ "archives": { platform(): archive } }));

    // It serves those who have no registry, and to the same hashes.
    fs::remove_dir_all(project.providers()).unwrap();
    let from = only(Place::Filesystem(mirror));
    let again = project.provider(&request, &from).await.unwrap();
    assert!(again.hashes.is_subset(&installed.hashes), "{:?}", again.hashes);

    // What is only there unpacked has no archive to keep.
    let unpacked = project.path("unpacked");
    let package = terrane_install::provider_dir(&unpacked, &request.address, &installed.version);
    fs::create_dir_all(&package).unwrap();
    fs::write(package.join("terraform-provider-thing_v1.1.0"), "x").unwrap();
    let from = only(Place::Filesystem(unpacked));
    let keeping = ProviderInstaller::new(&project.surroundings, project.providers(), &from, &[], None)
        .keeping_archives(&project.path("other"));
    has(&keeping.install(&request).await.unwrap_err().detail, &["only there unpacked"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_is_shared_by_many_at_once() {
    let server = Server::https(registry).await;
    let cache = tempfile::tempdir().unwrap();
    let first = Arc::new(Project::trusting(&server));
    let thing = request(&format!("{}/ops/thing", server.host()), "1.0.0");
    let installing = (0..8).map(|_| async {
        let project = Project::trusting(&server);
        fs::create_dir_all(project.providers()).unwrap();
        let shared = Some(cache.path().to_owned());
        let from = Installation::default();
        let installer =
            ProviderInstaller::new(&project.surroundings, project.providers(), &from, &[], shared);
        let installed = installer.install(&thing).await.unwrap();
        assert!(project.program(&thing.address, &installed.version).is_some());
        installed
    });
    let installed = futures::future::join_all(installing).await;
    assert!(installed.windows(2).all(|pair| pair[0].hashes == pair[1].hashes));
    // With a lock file that vouches for it, what is in the cache is not fetched.
    fs::create_dir_all(first.providers()).unwrap();
    let fetched = server.count("package.zip");
    let from = Installation::default();
    let shared = Some(cache.path().to_owned());
    let installer = ProviderInstaller::new(&first.surroundings, first.providers(), &from, &[], shared);
    let request = ProviderRequest { locked: Some(locked(&installed[0])), ..thing };
    installer.install(&request).await.unwrap();
    assert_eq!(server.count("package.zip"), fetched);
}

/// Everything below a directory, links not followed.
fn walk(dir: &std::path::Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        all.push(entry.path());
        if entry.file_type().unwrap().is_dir() {
            all.extend(walk(&entry.path()));
        }
    }
    all
}
