//! A configuration that lives on: its resources are changed, renamed, counted, moved into a module
//! and out of it, taken over, forgotten and removed, with the statements that say so.

use super::random::Random;
use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter, Write};
use terrane_scenario::World;

/// The files of a configuration, as declarations that can be changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stack {
    things: Vec<Thing>,
    /// `moved` statements: from, to.
    moves: Vec<(String, String)>,
    /// `removed` statements: whose objects, and whether these are destroyed.
    removals: Vec<(String, bool)>,
    /// `import` statements: to, id.
    imports: Vec<(String, String)>,
    /// All addresses that resources have had.
    had: BTreeSet<String>,
    next: u64,
}

/// One resource.
#[derive(Clone, Debug)]
struct Thing {
    /// What its objects are called after, whatever its address is.
    number: u64,
    label: String,
    in_module: bool,
    /// The region of the provider configuration, if it is not the default one.
    region: Option<&'static str>,
    keys: Keys,
    kind: u64,
    size: u64,
    before_destroy: bool,
    ignore: bool,
    guarded: bool,
    checked: bool,
    secret: Secret,
    /// The number of a thing whose id is part of the name.
    on: Option<u64>,
    /// The number of a thing that a data source waits for, whose value is a tag.
    after: Option<u64>,
    replaced_by: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Keys {
    One,
    Count(u64),
    /// The first so many of `a`, `b`, `c`.
    Each(u64),
    /// So many, once the object of a thing is known.
    Late(u64, u64),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Secret {
    None,
    Plain(u64),
    Token,
}

const LETTERS: [&str; 3] = ["a", "b", "c"];
const REGIONS: [&str; 2] = ["eu", "us"];

impl Thing {
    fn address(&self) -> String {
        let module = if self.in_module { "module.m." } else { "" };
        format!("{module}fake_thing.{}", self.label)
    }

    fn objects(&self) -> u64 {
        match self.keys {
            Keys::One => 1,
            Keys::Count(n) | Keys::Each(n) | Keys::Late(n, _) => n,
        }
    }

    /// An expression for the id of its first object, as something at the same place writes it, or the
    /// root module.
    fn id(&self, in_module: bool) -> Option<String> {
        if self.objects() == 0 || (in_module && !self.in_module) {
            return None;
        }
        if self.in_module && !in_module {
            return Some(format!("module.m.t{}[0]", self.number));
        }
        let key = match self.keys {
            Keys::One => "",
            Keys::Count(_) => "[0]",
            Keys::Each(_) => "[\"a\"]",
            // How many there are is not known yet.
            Keys::Late(..) => return None,
        };
        Some(format!("fake_thing.{}{key}.id", self.label))
    }

    fn all_ids(&self) -> String {
        match self.keys {
            Keys::One => format!("[fake_thing.{}.id]", self.label),
            Keys::Each(_) => format!("values(fake_thing.{})[*].id", self.label),
            Keys::Count(_) | Keys::Late(..) => format!("fake_thing.{}[*].id", self.label),
        }
    }
}

impl Display for Stack {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}module m:\n{}", self.root(), self.module())
    }
}

impl Stack {
    /// How many objects there are in the end.
    pub(crate) fn objects(&self) -> u64 {
        self.things.iter().map(Thing::objects).sum()
    }

    /// Addresses that can be aimed at.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let modules = self.things.iter().filter(|t| t.in_module).map(|_| "module.m".to_owned());
        self.things.iter().map(Thing::address).chain(modules).collect()
    }

    /// Whether something becomes known only in the middle of an apply.
    pub(crate) fn has_late_keys(&self) -> bool {
        self.things.iter().any(|t| matches!(t.keys, Keys::Late(..)))
    }

    /// Changes something.
    pub(crate) fn change(&mut self, random: &mut Random, strangers: &[(String, String)], rounds: bool) {
        if self.things.len() < 2 || (self.things.len() < 7 && random.chance(30)) {
            return self.add(random, strangers);
        }
        let at = random.below(self.things.len() as u64) as usize;
        let earlier: Vec<u64> = self.things[..at].iter().map(|t| t.number).collect();
        match random.below(16) {
            0 => self.remove(at, None),
            1 => self.remove(at, Some(false)),
            2 => self.remove(at, Some(true)),
            3 => self.relabel(at, None),
            4 if self.things[at].region.is_none() => self.carry(at),
            5 | 6 => {
                let keys = match random.below(4) {
                    0 => Keys::One,
                    1 => Keys::Each(random.below(4)),
                    2 if rounds && !earlier.is_empty() => {
                        Keys::Late(random.below(3), *random.one(&earlier).unwrap())
                    }
                    _ => Keys::Count(random.below(4)),
                };
                self.rekey(at, keys);
            }
            7 => self.things[at].kind = random.below(2),
            8 => self.things[at].before_destroy ^= true,
            9 => self.things[at].ignore ^= true,
            10 => {
                let thing = &mut self.things[at];
                thing.secret = match random.below(3) {
                    0 => Secret::None,
                    1 => Secret::Plain(random.below(2)),
                    _ if thing.in_module => Secret::None,
                    _ => Secret::Token,
                };
            }
            11 => self.things[at].on = random.one(&earlier).copied(),
            12 => self.things[at].after = random.one(&earlier).copied(),
            13 => self.things[at].replaced_by = random.one(&earlier).copied(),
            14 if random.chance(40) => self.things[at].guarded ^= true,
            14 => self.things[at].checked ^= true,
            _ => self.things[at].size = random.below(3),
        }
        if self.moves.len() > 6 {
            self.moves.remove(0);
        }
    }

    fn add(&mut self, random: &mut Random, strangers: &[(String, String)]) {
        let number = self.next;
        self.next += 1;
        let numbers: Vec<u64> = self.things.iter().map(|t| t.number).collect();
        let mut thing = Thing {
            number,
            label: format!("t{number}"),
            in_module: random.chance(20),
            region: None,
            keys: [Keys::One, Keys::Count(2), Keys::Each(2), Keys::Count(1)][random.below(4) as usize],
            kind: random.below(2),
            size: random.below(3),
            before_destroy: random.chance(30),
            ignore: random.chance(15),
            guarded: random.chance(4),
            checked: random.chance(20),
            secret: if random.chance(20) { Secret::Plain(0) } else { Secret::None },
            on: if random.chance(60) { random.one(&numbers).copied() } else { None },
            after: if random.chance(15) { random.one(&numbers).copied() } else { None },
            replaced_by: if random.chance(10) { random.one(&numbers).copied() } else { None },
        };
        if !thing.in_module && random.chance(25) {
            thing.region = random.one(&REGIONS).copied();
        }
        if let Some((id, region)) = random.one(strangers)
            && self.imports.iter().all(|(_, other)| other != id)
            && random.chance(60)
        {
            thing.keys = Keys::One;
            thing.region = REGIONS.into_iter().find(|r| r == region);
            thing.in_module &= thing.region.is_none();
            self.imports.push((thing.address(), id.clone()));
        }
        self.had.insert(thing.address());
        self.things.push(thing);
    }

    fn remove(&mut self, at: usize, said: Option<bool>) {
        let thing = self.things.remove(at);
        let address = thing.address();
        self.imports.retain(|(to, _)| *to != address);
        if let Some(destroy) = said {
            self.removals.push((address, destroy));
        }
    }

    /// Gives a resource another name, which none had before; and says so unless there is nothing
    /// to say it of.
    fn relabel(&mut self, at: usize, keys: Option<Vec<(String, String)>>) {
        let from = self.things[at].address();
        self.things[at].label = format!("t{}_{}", self.things[at].number, self.next);
        self.next += 1;
        let to = self.things[at].address();
        self.imports.retain(|(other, _)| *other != from);
        self.had.insert(to.clone());
        let keys = keys.unwrap_or_else(|| vec![(String::new(), String::new())]);
        self.moves.extend(keys.into_iter().map(|(old, new)| (format!("{from}{old}"), format!("{to}{new}"))));
    }

    fn carry(&mut self, at: usize) {
        let from = self.things[at].address();
        let thing = &mut self.things[at];
        thing.in_module ^= true;
        thing.label = format!("t{}_{}", thing.number, self.next);
        if thing.in_module && thing.secret == Secret::Token {
            thing.secret = Secret::None;
        }
        self.next += 1;
        let to = self.things[at].address();
        self.imports.retain(|(other, _)| *other != from);
        self.had.insert(to.clone());
        self.moves.push((from, to));
    }

    /// Gives a resource other keys. From one object to a counted one goes by itself; elements go
    /// where statements say.
    fn rekey(&mut self, at: usize, keys: Keys) {
        let old = std::mem::replace(&mut self.things[at].keys, keys);
        let address = self.things[at].address();
        self.imports.retain(|(to, _)| *to != address);
        let names = |keys: Keys| -> Vec<String> {
            match keys {
                Keys::One => vec![String::new()],
                Keys::Count(n) | Keys::Late(n, _) => (0..n).map(|i| format!("[{i}]")).collect(),
                Keys::Each(n) => LETTERS[..n as usize].iter().map(|l| format!("[\"{l}\"]")).collect(),
            }
        };
        let alike = |keys: Keys| matches!(keys, Keys::Each(_));
        if alike(old) != alike(keys) {
            self.relabel(at, Some(names(old).into_iter().zip(names(keys)).collect()));
        }
    }

    /// Lets all go that must not go, and drops statements, so that the configuration can have its
    /// way.
    pub(crate) fn relent(&mut self) {
        self.things.iter_mut().for_each(|t| t.guarded = false);
        self.moves.clear();
        let declared: BTreeSet<String> = self.things.iter().map(Thing::address).collect();
        self.removals = self.had.difference(&declared).map(|gone| (gone.clone(), true)).collect();
    }

    /// Writes the files. Only imports of what exists, and is not at another address, are written.
    pub(crate) fn write(&mut self, world: &mut World) {
        let existing = world.cloud.objects();
        let mut stated = BTreeSet::new();
        for (address, _, instance) in world.state.instances() {
            for object in instance.current.iter().chain(instance.deposed.values()) {
                let id = object.attributes.json()["id"].as_str().unwrap_or_default().to_owned();
                stated.insert((id, address.to_string()));
            }
        }
        self.imports.retain(|(to, id)| {
            existing.contains_key(id) && stated.iter().all(|(of, at)| of != id || at == to)
        });
        world.edit("main.tf", &self.root());
        world.edit("m/main.tf", &self.module());
    }

    fn root(&self) -> String {
        let mut text = String::new();
        for region in REGIONS.into_iter().filter(|r| self.things.iter().any(|t| t.region == Some(r))) {
            writeln!(text, "provider \"fake\" {{\n  alias = \"{region}\"\n  region = \"{region}\"\n}}")
                .unwrap();
        }
        if self.things.iter().any(|t| t.secret == Secret::Token) {
            writeln!(text, "ephemeral \"fake_token\" \"t\" {{\n  audience = \"lives\"\n}}").unwrap();
        }
        for thing in self.things.iter().filter(|t| !t.in_module) {
            self.resource(thing, &mut text);
        }
        for (from, to) in &self.moves {
            writeln!(text, "moved {{\n  from = {from}\n  to = {to}\n}}").unwrap();
        }
        for (from, destroy) in &self.removals {
            let lifecycle = format!("lifecycle {{\n    destroy = {destroy}\n  }}");
            writeln!(text, "removed {{\n  from = {from}\n  {lifecycle}\n}}").unwrap();
        }
        for (to, id) in &self.imports {
            writeln!(text, "import {{\n  to = {to}\n  id = \"{id}\"\n}}").unwrap();
        }
        writeln!(text, "module \"m\" {{\n  source = \"./m\"\n}}").unwrap();
        if let Some(last) = self.things.iter().rev().find_map(|t| t.id(false)) {
            writeln!(text, "output \"last\" {{\n  value = {last}\n}}").unwrap();
        }
        text
    }

    fn module(&self) -> String {
        let mut text = "locals {}\n".to_owned();
        for thing in self.things.iter().filter(|t| t.in_module) {
            self.resource(thing, &mut text);
            writeln!(text, "output \"t{}\" {{\n  value = {}\n}}", thing.number, thing.all_ids()).unwrap();
        }
        text
    }

    fn resource(&self, thing: &Thing, text: &mut String) {
        let place = self.things.iter().position(|t| t.number == thing.number).unwrap_or_default();
        let earlier = |number: Option<u64>| self.things[..place].iter().find(|t| Some(t.number) == number);
        let id = |number: Option<u64>| earlier(number).and_then(|t| t.id(thing.in_module));
        let (number, label) = (thing.number, &thing.label);
        let mut lines = Vec::new();
        match thing.keys {
            Keys::One => {}
            Keys::Count(n) => lines.push(format!("count = {n}")),
            Keys::Each(n) => lines.push(format!("for_each = toset({:?})", &LETTERS[..n as usize])),
            Keys::Late(n, of) => lines.push(match id(Some(of)) {
                Some(id) => format!("count = {id} == \"none\" ? 0 : {n}"),
                None => format!("count = {n}"),
            }),
        }
        if let Some(region) = thing.region {
            lines.push(format!("provider = fake.{region}"));
        }
        lines.push(match id(thing.on) {
            Some(id) => format!("name = \"t{number} on ${{{id}}}\""),
            None => format!("name = \"t{number}\""),
        });
        lines.push(format!("kind = {:?}", ["small", "large"][thing.kind as usize]));
        lines.push(format!("size = {}", thing.size));
        match thing.secret {
            Secret::None => {}
            Secret::Plain(n) => lines.push(format!("secret_wo = \"secret {n}\"")),
            Secret::Token => lines.push("secret_wo = ephemeral.fake_token.t.value".to_owned()),
        }
        let after = earlier(thing.after).filter(|t| t.in_module == thing.in_module);
        if let Some(after) = after {
            writeln!(
                text,
                "data \"fake_lookup\" \"{label}\" {{\n  name = \"n\"\n  depends_on = [fake_thing.{}]\n}}",
                after.label
            )
            .unwrap();
            lines.push(format!("tags = {{\n    found = data.fake_lookup.{label}.value\n  }}"));
        }
        lines.push("lifecycle {".to_owned());
        let mut say = |said: bool, what: &str| {
            if said {
                lines.push(format!("  {what}"));
            }
        };
        say(thing.before_destroy, "create_before_destroy = true");
        say(thing.ignore, "ignore_changes = [size]");
        say(thing.guarded, "prevent_destroy = true");
        say(
            thing.checked,
            "postcondition {\n      condition = self.id != \"\"\n      error_message = \"No id.\"\n    }",
        );
        if let Some(cause) = earlier(thing.replaced_by).filter(|t| t.in_module == thing.in_module) {
            say(true, &format!("replace_triggered_by = [fake_thing.{}]", cause.label));
        }
        lines.push("}".to_owned());
        writeln!(text, "resource \"fake_thing\" \"{label}\" {{\n  {}\n}}", lines.join("\n  ")).unwrap();
    }
}
