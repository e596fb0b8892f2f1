//! How many operations run at the same time: what is slow holds up itself and nothing else.

use std::fmt::Write;
use terrane_plan::PlanMode;
use terrane_scenario::World;

/// `slow` objects in one region, and `quick` ones in another, each of which needs the one before.
fn configuration(slow: usize, quick: usize) -> String {
    let mut text = String::from(
        "provider \"fake\" {\n  region = \"slow\"\n}\nprovider \"fake\" {\n  alias = \"quick\"\n  region = \"quick\"\n}\n",
    );
    write!(
        text,
        "resource \"fake_thing\" \"a_slow\" {{\n  count = {slow}\n  name = \"slow ${{count.index}}\"\n}}\n"
    )
    .unwrap();
    for number in 0..quick {
        let kind = match number {
            0 => "\"none\"".to_owned(),
            _ => format!("fake_thing.quick{}.id", number - 1),
        };
        write!(
            text,
            "resource \"fake_thing\" \"quick{number}\" {{\n  provider = fake.quick\n  name = \"quick {number}\"\n  \
             kind = {kind}\n}}\n"
        )
        .unwrap();
    }
    text
}

#[tokio::test]
async fn a_slow_api_holds_up_nothing_but_itself() {
    let mut world = World::new(&configuration(25, 4));
    world.cloud.hold("create slow");
    let made = world.plan(PlanMode::Normal).await;
    assert!(!made.problems.has_errors(), "{:#?}", made.problems);
    let cloud = world.cloud.clone();
    let begun = |what: &str| cloud.calls().iter().filter(|call| call.starts_with(what)).count();
    let watch = async {
        // As long as anything can happen without the slow ones.
        for _ in 0..10_000 {
            if cloud.named("quick 3").is_some() && begun("create slow") == 10 {
                break;
            }
            tokio::task::yield_now().await;
        }
        let seen = (cloud.named("quick 3").is_some(), begun("create slow"));
        cloud.release();
        seen
    };
    let (applied, (quick_done, slow_begun)) = tokio::join!(world.apply_plan(&made), watch);
    assert!(!applied.problems.has_errors(), "{:#?}", applied.problems);
    assert!(quick_done, "the whole chain of quick ones is made while the slow ones wait");
    assert_eq!(slow_begun, 10, "as many as one API is asked for at once");
    assert_eq!(world.cloud.objects().len(), 29);
}
