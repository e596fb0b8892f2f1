//! Reference pages of a provider: what its types take and give, made from their schemas and doc comments, and
//! checked to be current.

mod tables;
mod verified;

use crate::{NativeProvider, ProviderDefinition};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use tables::{block_tables, configuration_table, first_sentence};
use verified::Verified;

/// One page: file name without ending, title, and the beginnings of the names of types that are on it.
pub type Topic<'a> = (&'a str, &'a str, &'a [&'a str]);

/// The pages of a provider.
pub struct Pages<'a, D: ProviderDefinition> {
    /// The provider.
    pub provider: &'a NativeProvider<D>,
    /// What it is called: `AWS`.
    pub title: &'a str,
    /// Its version that the schemas are those of: `6.62`.
    pub reference: &'a str,
    /// The folder of its crate in the repository: `providers/aws`.
    pub home: &'a str,
    /// The root of the repository.
    pub root: &'a Path,
    /// Where the pages are, from the root: `docs/reference/aws`.
    pub folder: &'a str,
    /// What is on which page. The longest beginning that fits a type decides.
    pub topics: &'a [Topic<'a>],
}

impl<D: ProviderDefinition> Pages<'_, D> {
    /// What is wrong: pages that are not current or belong to no topic, types without a page, and resource types of which
    /// VERIFIED.md does not speak. With `TERRANE_UPDATE_GOLDEN` the pages are written anew.
    pub fn check(&self) -> Vec<String> {
        let (pages, mut wrong) = self.pages();
        let folder = self.root.join(self.folder);
        let update = std::env::var_os("TERRANE_UPDATE_GOLDEN").is_some();
        if update {
            std::fs::create_dir_all(&folder).expect("the folder can be made");
        }
        for (file, text) in &pages {
            let path = folder.join(file);
            if update {
                std::fs::write(&path, text).expect("the page can be written");
            }
            if std::fs::read_to_string(&path).unwrap_or_default() != *text {
                wrong.push(format!("{}/{file} is not current", self.folder));
            }
        }
        let files = std::fs::read_dir(&folder).into_iter().flatten();
        let names = files.filter_map(|f| f.ok()?.file_name().into_string().ok());
        wrong.extend(names.filter(|f| !pages.contains_key(f)).map(|f| format!("{f} belongs to no topic")));
        wrong
    }

    fn pages(&self) -> (BTreeMap<String, String>, Vec<String>) {
        let manifest =
            std::fs::read_to_string(self.root.join(self.home).join("VERIFIED.md")).unwrap_or_default();
        let resources: Vec<&str> = self.provider.described_resources().map(|r| r.name).collect();
        let verified = Verified::read(&manifest, &resources);
        let mut wrong: Vec<String> = (resources.iter().filter(|name| verified.of(name).is_none()))
            .map(|name| format!("VERIFIED.md does not speak of {name}"))
            .collect();
        let mut index: BTreeMap<&str, Vec<(String, String)>> = BTreeMap::new();
        let mut texts: BTreeMap<&str, String> = BTreeMap::new();
        let place = |name: &str| {
            let fitting = self.topics.iter().flat_map(|(file, _, begins)| {
                begins.iter().filter(|begin| name.starts_with(**begin)).map(|begin| (begin.len(), *file))
            });
            fitting.max_by_key(|(length, _)| *length).map(|(_, file)| file)
        };
        for resource in self.provider.described_resources() {
            let Some(file) = place(resource.name) else {
                wrong.push(format!("{} is on no page", resource.name));
                continue;
            };
            let mut text = format!("\n## {}\n\n{}\n\n", resource.name, resource.spec.description.trim());
            let _ = writeln!(text, "Import: {}.\n", resource.import);
            if let Some(row) = verified.of(resource.name) {
                let _ = writeln!(text, "Tried: {row}\n");
            }
            block_tables(&mut text, resource.spec);
            texts.entry(file).or_default().push_str(&text);
            index
                .entry(file)
                .or_default()
                .push((resource.name.to_owned(), first_sentence(&resource.spec.description)));
        }
        for (name, spec) in self.provider.described_data_sources() {
            let Some(file) = place(name) else {
                wrong.push(format!("data {name} is on no page"));
                continue;
            };
            let mut text = format!("\n## data {name}\n\n{}\n\n", spec.description.trim());
            block_tables(&mut text, spec);
            texts.entry(file).or_default().push_str(&text);
            index.entry(file).or_default().push((format!("data {name}"), first_sentence(&spec.description)));
        }
        let mut pages = BTreeMap::new();
        for (file, title, _) in self.topics {
            let Some(sections) = texts.get(file) else {
                wrong.push(format!("the topic {file} has no types"));
                continue;
            };
            let up = "../".repeat(self.folder.split('/').count());
            let mut text = format!(
                "# {}: {title}\n\nMade from the schemas of the program. [How to read it](README.md); \
                 [everything that has been tried]({up}{}/VERIFIED.md).\n\n",
                self.title, self.home
            );
            for (name, what) in &index[file] {
                let _ = writeln!(text, "- [{name}](#{}): {what}", anchor(name));
            }
            text.push_str(sections);
            pages.insert(format!("{file}.md"), text);
        }
        pages.insert("README.md".into(), self.front(&index));
        (pages, wrong)
    }

    /// The page that leads to the others.
    fn front(&self, index: &BTreeMap<&str, Vec<(String, String)>>) -> String {
        let count = |data: bool| {
            index.values().flatten().filter(|(name, _)| name.starts_with("data ") == data).count()
        };
        let up = "../".repeat(self.folder.split('/').count());
        let (title, home) = (self.title, self.home);
        let mut text = format!(
            "# The {title} provider\n\n{} resource types and {} data sources, with the names, types and import ids of version {} of \
             Terraform's provider. [VERIFIED.md]({up}{home}/VERIFIED.md) says what of each has been tried and against what, \
             [SCHEMAS.md]({up}{home}/SCHEMAS.md) where schemas differ. All pages here are made from the program's own \
             schemas, and a test holds them to these.\n\n## How to read it\n\n\
             `block.attribute` is an attribute in a nested block; how many blocks there may be stands beside the block. \
             *Replaces* means that a change needs a new object. What only some changes need is decided when a plan is made and \
             does not stand here. *Else known after apply* means that the cloud chooses where the configuration does not. What \
             users may not set is below *Attributes*. All resource types can also have the meta-arguments of the \
             language.\n\n## Configuration of the provider\n\n",
            count(false),
            count(true),
            self.reference,
        );
        configuration_table(&mut text, self.provider.configuration());
        for (file, title, _) in self.topics {
            let (first, rest) = title.split_at(title.chars().next().map_or(0, char::len_utf8));
            let _ = writeln!(text, "\n## [{}{rest}]({file}.md)\n", first.to_uppercase());
            for (name, what) in index.get(file).into_iter().flatten() {
                let _ = writeln!(text, "- [{name}]({file}.md#{}): {what}", anchor(name));
            }
        }
        text
    }
}

/// The anchor of a section.
fn anchor(name: &str) -> String {
    name.replace(' ', "-")
}
