//! Lives of configurations that change little by little, with statements that say what is to become of
//! objects, while calls fail early, late and without an answer, runs die, and others change what
//! there is. However it went: nothing is lost, nothing happens that was not planned, what is
//! applied without failures leaves nothing to do, and in the end all is as the configuration says.

mod random;
mod stack;

use random::Random;
use stack::Stack;
use std::collections::{BTreeMap, BTreeSet};
use terrane_plan::{Action, Counts, PlanMode, Selection, WriteOnlyKey};
use terrane_scenario::{CloudObject, Late, Made, World, texts};
use terrane_value::Value;

/// Seeds of lives that ended badly once, and why.
const KEPT: [(u64, &str); 3] = [
    (12, "a destruction died before the objects that had moved were gone"),
    (340, "an update waited for an object whose predecessor was to go after the update"),
    (403, "a creation with a write-only value died, whose data source the state did not have"),
];

#[tokio::test]
async fn kept_lives() {
    for (seed, why) in KEPT {
        println!("{why}:");
        Life::new(seed).live().await;
    }
}

/// Forty, or as many as `TERRANE_LIVES` says, from `TERRANE_LIVES_FROM` on.
#[tokio::test]
async fn random_lives() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let from = number("TERRANE_LIVES_FROM").unwrap_or(0);
    for seed in from..from + number("TERRANE_LIVES").unwrap_or(40) {
        Life::new(seed).live().await;
    }
}

struct Life {
    random: Random,
    world: World,
    stack: Stack,
    /// Ids of objects that nobody manages: they were there, or were forgotten.
    strangers: BTreeSet<String>,
    /// Where it is, for who reads what went wrong.
    at: String,
    seed: u64,
}

impl Life {
    fn new(seed: u64) -> Life {
        let mut random = Random(seed);
        let mut world = World::default();
        world.options.write_only_key = Some(WriteOnlyKey::new(b"the key of these lives"));
        world.options.rounds = random.chance(40);
        Life { random, world, stack: Stack::default(), strangers: BTreeSet::new(), at: String::new(), seed }
    }

    async fn live(mut self) {
        for step in 0..10 {
            self.at = format!("seed {}, step {step}", self.seed);
            self.step().await;
        }
        self.at = format!("seed {}, the end", self.seed);
        self.end().await;
    }

    async fn step(&mut self) {
        if self.random.chance(80) {
            let strangers = self.unmanaged();
            for _ in 0..=self.random.below(3) {
                self.stack.change(&mut self.random, &strangers, self.world.options.rounds);
            }
        }
        self.others();
        let faults = self.faults();
        self.stack.write(&mut self.world);
        self.options();
        let mode = match self.random.below(14) {
            0 => PlanMode::Destroy,
            1 => PlanMode::RefreshOnly,
            _ => PlanMode::Normal,
        };
        let made = self.world.plan(mode).await;
        // Only shown of lives that end badly.
        println!("--- {}: {mode:?}, {:?}\n{}", self.at, self.world.options.selection, self.stack);
        println!("{}\n{:?}", texts(&made.problems), made.actions());
        self.nothing_is_open();
        let normal = (self.world.options.selection.is_all(), self.world.options.refresh) == (true, true);
        self.world.options.selection = Selection::All;
        self.world.options.refresh = true;
        self.world.options.replace.clear();
        if made.problems.has_errors() {
            self.may_be_refused(&made);
            return self.world.cloud.heal();
        }
        let before = self.world.cloud.objects();
        self.world.cloud.take_calls();
        let whole = if self.random.chance(30) {
            self.world.apply_until(&made, self.random.below(16) as usize).await
        } else {
            Some(self.world.apply_plan(&made).await)
        };
        if let Some(applied) = &whole {
            println!("applied: {}", texts(&applied.problems));
            self.nothing_is_open();
        }
        self.world.cloud.expire_tokens();
        self.only_what_was_planned(&made, &before);
        self.note_forgotten(&made);
        if self.random.chance(50) {
            self.world.cloud.heal();
        }
        let in_flight = self.world.in_flight.iter().map(|o| format!("{} {}, ", o.action, o.address));
        println!("in flight: {}calls: {:?}", in_flight.collect::<String>(), self.world.cloud.take_calls());
        let settled = self.world.settle().await;
        println!("settled: {:?} {}", settled.operations, texts(&settled.problems));
        if !self.world.in_flight.is_empty() {
            self.world.cloud.heal();
            self.world.settle().await;
        }
        assert_eq!(self.world.in_flight.len(), 0, "{}: {:?}", self.at, self.world.in_flight);
        self.world.cloud.heal();
        for (address, _, instance) in self.world.state.instances() {
            let objects = instance.current.iter().chain(instance.deposed.values());
            let ids: Vec<_> = objects.map(|o| o.attributes.json()["id"].clone()).collect();
            println!("{address}: {ids:?}");
        }
        self.nothing_is_lost();
        let Some(applied) = whole.filter(|_| !faults && normal) else { return };
        assert!(!applied.problems.has_errors(), "{}: {}", self.at, texts(&applied.problems));
        self.counted(&applied.counts, &made);
        if mode == PlanMode::Normal && made.plan.deferred.is_empty() {
            self.nothing_to_do().await;
        }
    }

    /// What others do in the meantime.
    fn others(&mut self) {
        let ids: Vec<String> = self.world.cloud.objects().into_keys().collect();
        if self.random.chance(12)
            && let Some(id) = self.random.one(&ids).cloned()
        {
            self.world.cloud.lose(&id);
            self.strangers.remove(&id);
        }
        let ids: Vec<String> = self.world.cloud.objects().into_keys().collect();
        if self.random.chance(12)
            && let Some(id) = self.random.one(&ids)
        {
            self.world.cloud.change(id, "size", Value::number(17));
        }
        if self.random.chance(10) {
            let region = ["nowhere", "eu"][self.random.below(2) as usize];
            let name = format!("stranger-{}", self.random.below(1_000_000));
            self.world.cloud.place(&name, region);
            self.strangers.insert(name);
        }
    }

    /// Lets calls fail; whether any may.
    fn faults(&mut self) -> bool {
        if self.random.chance(8) {
            self.world.cloud.fail("read fake_thing");
            return true;
        }
        let count = if self.random.chance(45) { 1 + self.random.below(2) } else { 0 };
        for _ in 0..count {
            let verb = ["create", "update", "delete"][self.random.below(3) as usize];
            let call = format!("{verb} t{}", self.random.below(8));
            match self.random.below(3) {
                0 => self.world.cloud.fail(&call),
                1 => self.world.cloud.fail_late(&call, Late::Fails),
                _ => self.world.cloud.fail_late(&call, Late::Unanswered),
            }
        }
        count > 0
    }

    fn options(&mut self) {
        let addresses = self.stack.addresses();
        if self.random.chance(15)
            && let Some(aim) = self.random.one(&addresses)
        {
            let aim = vec![aim.parse().unwrap()];
            self.world.options.selection =
                if self.random.chance(50) { Selection::Only(aim) } else { Selection::AllBut(aim) };
        }
        if self.random.chance(10) {
            self.world.options.refresh = false;
        }
        let instances: Vec<_> = self.world.state.instances().map(|(address, ..)| address).collect();
        if self.random.chance(15)
            && let Some(instance) = self.random.one(&instances)
        {
            self.world.options.replace.insert(instance.clone());
        }
    }

    /// Only with a reason.
    fn may_be_refused(&self, made: &Made) {
        let reasons = [
            "The cloud refused",
            "Instance cannot be destroyed",
            "Moved resource instances excluded by targeting",
        ];
        for problem in made.problems.iter().filter(|p| p.severity == terrane_diagnostics::Severity::Error) {
            assert!(
                reasons.contains(&&*problem.summary),
                "{}: {}: {}",
                self.at,
                problem.summary,
                problem.detail
            );
        }
        self.nothing_is_lost();
    }

    /// Every difference of the cloud is one that the plan tells of.
    fn only_what_was_planned(&self, made: &Made, before: &BTreeMap<String, CloudObject>) {
        let id = |v: &Value| v.attribute("id").and_then(|id| id.as_str().map(str::to_owned));
        let planned = |actions: &[Action]| -> BTreeSet<String> {
            let changes = made.plan.changes.iter().filter(|c| actions.contains(&c.action));
            changes.filter_map(|c| id(&c.before.unmark_deep().0)).collect()
        };
        let gone = planned(&[Action::Delete, Action::DeleteThenCreate, Action::CreateThenDelete]);
        let changed = planned(&[Action::Update]);
        let after = self.world.cloud.objects();
        for (id, object) in before {
            match after.get(id) {
                None => assert!(gone.contains(id), "{}: nobody planned to destroy {id}", self.at),
                Some(now) if now != object => {
                    assert!(changed.contains(id), "{}: nobody planned to change {id}", self.at);
                }
                Some(_) => {}
            }
        }
        let creates = |a: Action| a == Action::Create || a.is_replace();
        let creations = made.plan.changes.iter().filter(|c| creates(c.action)).count();
        let new = after.keys().filter(|id| !before.contains_key(*id)).count();
        assert!(new <= creations, "{}: {new} objects are new, and {creations} were planned", self.at);
    }

    /// What was planned was done, but for changes that turned out to be none.
    fn counted(&self, counts: &Counts, made: &Made) {
        let planned = made.plan.counts();
        assert_eq!(Counts { change: planned.change, ..*counts }, planned, "{}", self.at);
        assert!(counts.change <= planned.change, "{}", self.at);
    }

    fn note_forgotten(&mut self, made: &Made) {
        let stated = self.stated();
        for change in made.plan.changes.iter().filter(|c| c.action == Action::Forget) {
            let (before, _) = change.before.unmark_deep();
            let id = before.attribute("id").and_then(|id| id.as_str().map(str::to_owned)).unwrap();
            if !stated.contains(&id) {
                self.strangers.insert(id);
            }
        }
    }

    /// The ids in the state, which no two objects share.
    fn stated(&self) -> BTreeSet<String> {
        let mut stated = BTreeSet::new();
        for (address, _, instance) in self.world.state.instances() {
            if address.resource.mode != terrane_address::Mode::Managed {
                continue;
            }
            for object in instance.current.iter().chain(instance.deposed.values()) {
                let id = object.attributes.json()["id"].as_str().unwrap().to_owned();
                assert!(stated.insert(id), "{}: {address} has the object of another instance", self.at);
            }
        }
        stated
    }

    /// Objects that nobody manages, with their regions.
    fn unmanaged(&self) -> Vec<(String, String)> {
        let stated = self.stated();
        let objects = self.world.cloud.objects().into_iter();
        objects.filter(|(id, _)| !stated.contains(id)).map(|(id, o)| (id, o.region)).collect()
    }

    fn nothing_is_lost(&self) {
        for (id, _) in self.unmanaged() {
            assert!(self.strangers.contains(&id), "{}: {id} is lost", self.at);
        }
    }

    fn nothing_is_open(&self) {
        assert_eq!(self.world.cloud.open_tokens(), Vec::<String>::new(), "{}", self.at);
    }

    async fn nothing_to_do(&self) {
        let again = self.world.plan(PlanMode::Normal).await;
        assert!(!again.problems.has_errors(), "{}: {}", self.at, texts(&again.problems));
        assert_eq!(again.actions(), [], "{}", self.at);
        assert!(!again.plan.is_applyable(), "{}: {:?}", self.at, again.plan.outputs);
    }

    async fn end(&mut self) {
        self.stack.relent();
        self.stack.write(&mut self.world);
        for round in 0.. {
            let made = self.world.plan(PlanMode::Normal).await;
            let more = !made.plan.deferred.is_empty();
            assert!(!more || self.stack.has_late_keys(), "{}", self.at);
            assert!(round < 10, "{}: there is always another round", self.at);
            self.applied(&made).await;
            if !more {
                break;
            }
        }
        let managed = self.world.cloud.objects().len() - self.unmanaged().len();
        assert_eq!(managed as u64, self.stack.objects(), "{}", self.at);
        self.nothing_to_do().await;
        let made = self.world.plan(PlanMode::Destroy).await;
        self.applied(&made).await;
        assert_eq!(self.stated(), BTreeSet::new(), "{}", self.at);
        let left: BTreeSet<String> = self.world.cloud.objects().into_keys().collect();
        assert!(left.is_subset(&self.strangers), "{}: {left:?}", self.at);
    }

    async fn applied(&mut self, made: &Made) {
        assert!(!made.problems.has_errors(), "{}: {}", self.at, texts(&made.problems));
        let before = self.world.cloud.objects();
        let applied = self.world.apply_plan(made).await;
        assert!(!applied.problems.has_errors(), "{}: {}", self.at, texts(&applied.problems));
        self.counted(&applied.counts, made);
        self.only_what_was_planned(made, &before);
        self.note_forgotten(made);
        self.nothing_is_lost();
        self.nothing_is_open();
    }
}
