//! The graph of static references: cycles, and the graph that users see.
#![allow(clippy::unwrap_used)]

mod memory;

use memory::{accepted, checked};
use terrane_config::StaticGraph;

#[test]
fn the_shortest_cycle_is_told_with_its_way() {
    for (text, want) in [
        (
            "resource \"a_b\" \"x\" {\n  n = local.y\n}\nlocals {\n  y = a_b.x.id\n}\n",
            "local.y (main.tf:5) -> a_b.x (main.tf:2) -> local.y",
        ),
        (
            // Of two cycles the shorter.
            "locals {\n  a = local.b\n  b = local.c\n  c = [local.a, local.d]\n  d = local.c\n}\n",
            "local.c (main.tf:4) -> local.d (main.tf:5) -> local.c",
        ),
        ("locals {\n  a = 1\n  b = [local.b]\n}\n", "local.b (main.tf:3) -> local.b"),
        (
            "module \"m\" {\n  source = \"./m\"\n  in     = module.m.out\n}\n--- m/main.tf\nvariable \"in\" {}\noutput \"out\" {\n  value = var.in\n}\n",
            "module.m.var.in (main.tf:3) -> module.m.output.out (m/main.tf:3) -> module.m.var.in",
        ),
        (
            "module \"m\" {\n  source = \"./m\"\n  count  = length(a_b.x.list)\n}\nresource \"a_b\" \"x\" {\n  n = module.m[0].out\n}\n--- m/main.tf\noutput \"out\" {\n  value = 1\n}\n",
            "a_b.x (main.tf:6) -> module.m (main.tf:3) -> a_b.x",
        ),
        (
            "provider \"a\" {\n  token = a_b.x.id\n}\nresource \"a_b\" \"x\" {}\n",
            "a_b.x (main.tf:4) -> provider.a (main.tf:2) -> a_b.x",
        ),
        (
            "resource \"a_b\" \"x\" {\n  depends_on = [module.m]\n}\nmodule \"m\" {\n  source = \"./m\"\n  in     = a_b.x.id\n}\n--- m/main.tf\nvariable \"in\" {}\nresource \"a_b\" \"y\" {\n  n = var.in\n}\n",
            "module.m.var.in (main.tf:6) -> a_b.x (main.tf:2) -> module.m.a_b.y (m/main.tf:3) -> module.m.var.in",
        ),
    ] {
        let (_, diagnostics) = checked(text);
        let problems: Vec<_> = diagnostics.iter().collect();
        assert_eq!(problems.len(), 1, "{text}{problems:#?}");
        assert_eq!(problems[0].summary, "Cycle", "{text}");
        assert!(problems[0].detail.contains(&format!("\n    {want}\n")), "{}", problems[0].detail);
    }
}

#[test]
fn what_is_no_cycle() {
    accepted(
        "
variable \"a\" {
  validation {
    condition     = var.a != var.b
    error_message = \"same\"
  }
}
variable \"b\" {}
resource \"a_b\" \"x\" {
  lifecycle {
    postcondition {
      condition     = self.id != \"\"
      error_message = \"no id\"
    }
  }
}
module \"one\" {
  source = \"./m\"
  in     = module.two.constant
}
module \"two\" {
  source = \"./m\"
  in     = module.one.out
}
--- m/main.tf
variable \"in\" {}
output \"out\" {
  value = var.in
}
output \"constant\" {
  value = 1
}
",
    );
}

#[test]
fn the_graph_of_resources_leaves_out_what_is_between_and_what_is_implied() {
    let config = accepted(
        "
resource \"a_b\" \"x\" {}
resource \"a_b\" \"y\" {
  n = a_b.x.id
}
locals {
  y = a_b.y.id
}
data \"a_c\" \"d\" {
  n = [local.y, a_b.x.id]
}
module \"m\" {
  source = \"./m\"
  in     = local.y
}
--- m/main.tf
variable \"in\" {}
resource \"a_b\" \"inner\" {
  n = var.in
}
",
    );
    assert_eq!(
        StaticGraph::new(&config).to_dot(),
        r#"digraph G {
  rankdir = "RL";
  node [shape = rect, fontname = "sans-serif"];
  "a_b.x" [label="a_b.x"];
  "a_b.y" [label="a_b.y"];
  "data.a_c.d" [label="data.a_c.d"];
  subgraph "cluster_module.m" {
    label = "module.m"
    fontname = "sans-serif"
    "module.m.a_b.inner" [label="a_b.inner"];
  }
  "a_b.y" -> "a_b.x";
  "data.a_c.d" -> "a_b.y";
  "module.m.a_b.inner" -> "a_b.y";
}
"#
    );
}
