//! Lives of random configurations: made, changed, replaced, lost, broken, killed and destroyed, in
//! any order. However it went, nothing is lost, and in the end all is as the configuration says.

use std::collections::BTreeSet;
use std::fmt::Write;
use terrane_plan::{PlanMode, WriteOnlyKey};
use terrane_scenario::{World, texts};

/// Seeds of lives that ended badly once.
const KEPT: [u64; 1] = [
    // An object that was gone was made again, and the run died before that was recorded.
    133,
];

#[tokio::test]
async fn kept_lives() {
    for seed in KEPT {
        live(seed).await;
    }
}

/// Sixty, or as many as `TERRANE_LIVES` says.
#[tokio::test]
async fn random_lives() {
    let lives = std::env::var("TERRANE_LIVES").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    for seed in 0..lives {
        live(seed).await;
    }
}

/// Numbers that follow from a seed (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// A configuration of some resources, each of which may use those before it, and how many objects it
/// has.
fn configuration(random: &mut Random) -> (String, usize) {
    let (mut text, mut objects) = (String::new(), 0);
    let mut before: Vec<(u64, u64)> = Vec::new();
    for number in 0..6 {
        if random.chance(30) {
            continue;
        }
        let count = random.below(3);
        let kind = ["small", "large"][random.below(2) as usize];
        let of = match before.get(random.below(before.len() as u64 + 1) as usize) {
            Some((other, count)) => {
                format!("t{number} on ${{fake_thing.t{other}[{}].id}}", random.below(*count))
            }
            None => format!("t{number}"),
        };
        let first = if random.chance(30) { "create_before_destroy = true" } else { "" };
        let ignored = if random.chance(15) { "ignore_changes = [size]" } else { "" };
        let secret = match random.chance(25) {
            true => format!("secret_wo = \"secret {}\"", random.below(2)),
            false => String::new(),
        };
        writeln!(
            text,
            "resource \"fake_thing\" \"t{number}\" {{\n  count = {count}\n  name = \"{of}\"\n  kind = \"{kind}\"\n  \
             size = {}\n  {secret}\n  lifecycle {{\n    {first}\n    {ignored}\n  }}\n}}",
            random.below(3)
        )
        .unwrap();
        if count > 0 {
            before.push((number, count));
        }
        objects += count as usize;
    }
    if let Some((last, _)) = before.last() {
        writeln!(text, "output \"last\" {{\n  value = fake_thing.t{last}[*].arn\n}}").unwrap();
    }
    (text, objects)
}

async fn live(seed: u64) {
    let mut random = Random(seed);
    let mut world = World::default();
    world.options.write_only_key = Some(WriteOnlyKey::new(b"the key of these lives"));
    let mut wanted = 0;
    for step in 0..8 {
        let at = format!("seed {seed}, step {step}");
        if random.chance(70) {
            let (text, objects) = configuration(&mut random);
            world.edit("main.tf", &text);
            wanted = objects;
        }
        let ids: Vec<String> = world.cloud.objects().into_keys().collect();
        if !ids.is_empty() && random.chance(15) {
            world.cloud.lose(&ids[random.below(ids.len() as u64) as usize]);
        }
        if random.chance(30) {
            let verb = ["create", "update", "delete"][random.below(3) as usize];
            world.cloud.fail(&format!("{verb} t{}", random.below(6)));
        }
        let mode = match random.below(10) {
            0 => PlanMode::Destroy,
            1 => PlanMode::RefreshOnly,
            _ => PlanMode::Normal,
        };
        let unreadable = random.chance(10);
        if unreadable {
            world.cloud.fail("read fake_thing");
        }
        let made = world.plan(mode).await;
        if unreadable {
            world.cloud.heal();
        }
        if unreadable && made.problems.has_errors() {
            // Nothing can be planned, nothing is lost, and the next plan finds everything.
            nothing_is_lost(&world, &at);
            continue;
        }
        assert!(!made.problems.has_errors(), "{at}: {}", texts(&made.problems));
        if random.chance(40) {
            world.apply_until(&made, random.below(14) as usize).await;
        } else {
            world.apply_plan(&made).await;
        }
        if random.chance(50) {
            world.cloud.heal();
        }
        world.settle().await;
        nothing_is_lost(&world, &at);
    }
    world.cloud.heal();
    let at = format!("seed {seed}, the end");
    let made = world.plan(PlanMode::Normal).await;
    assert!(!made.problems.has_errors(), "{at}: {}", texts(&made.problems));
    let applied = world.apply_plan(&made).await;
    assert!(!applied.problems.has_errors(), "{at}: {}", texts(&applied.problems));
    nothing_is_lost(&world, &at);
    assert_eq!(world.cloud.objects().len(), wanted, "{at}");
    let again = world.plan(PlanMode::Normal).await;
    assert_eq!(again.actions(), [], "{at}");
    assert!(!again.plan.is_applyable(), "{at}: {:?}", again.plan.outputs);
}

/// Every object that exists is in the state, once.
fn nothing_is_lost(world: &World, at: &str) {
    let mut stated = BTreeSet::new();
    for (address, _, instance) in world.state.instances() {
        for object in instance.current.iter().chain(instance.deposed.values()) {
            let id = object.attributes.json()["id"].as_str().unwrap().to_owned();
            assert!(stated.insert(id), "{at}: {address} has the object of another instance");
        }
    }
    for id in world.cloud.objects().into_keys() {
        assert!(stated.contains(&id), "{at}: {id} is lost");
    }
}
