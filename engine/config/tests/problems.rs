//! Configurations that are refused, or accepted with warnings, with every problem and its place.

mod memory;

use memory::assert_problems;

#[test]
fn files_and_blocks() {
    assert_problems(&[
        ("varable \"x\" {}\n", &["main.tf:1:1 Unsupported block type"]),
        ("x = 1\n", &["main.tf:1:1 Unsupported argument"]),
        ("resource \"a_b\" {}\n", &["main.tf:1:16 Missing name for resource"]),
        (
            "resource \"a-b!\" \"1x\" {}\n",
            &["main.tf:1:10 Invalid resource type name", "main.tf:1:17 Invalid resource name"],
        ),
        (
            "--- a.tf\nlocals {\n  a = 1\n}\n--- b.tf\nlocals {\n  a = 1\n}\n",
            &["b.tf:2:3 Duplicate local value definition"],
        ),
        ("terraform {\n  cloud {}\n}\n", &[]),
        (
            "terraform {\n  cloud {}\n}\nterraform {\n  cloud {}\n}\n",
            &["main.tf:5:3 Duplicate HCP Terraform configurations"],
        ),
        (
            "terraform {\n  backend \"a\" {}\n}\nterraform {\n  backend \"b\" {}\n}\n",
            &["main.tf:5:3 Duplicate backend configuration"],
        ),
    ]);
}

#[test]
fn versions() {
    assert_problems(&[
        ("terraform {\n  required_version = \">= 1.12.0, < 3\"\n}\n", &[]),
        (
            "terraform {\n  required_version = \"~> 0.14\"\n}\n",
            &["main.tf:2:22 Unsupported Terraform Core version"],
        ),
        ("terraform {\n  required_version = \"new\"\n}\n", &["main.tf:2:22 Invalid version constraint"]),
        (
            "terraform {\n  required_providers {\n    a = { version = \"x\" }\n    b = { sauce = \"x\" }\n    c = { source = \"a/b/c/d\" }\n    d = 1\n  }\n}\n",
            &[
                "main.tf:3:21 Invalid version constraint",
                "main.tf:4:11 Invalid required_providers object",
                "main.tf:5:20 Invalid provider source string",
                "main.tf:6:9 Invalid required_providers syntax",
            ],
        ),
    ]);
}

#[test]
fn variables_and_outputs() {
    assert_problems(&[
        ("variable \"count\" {}\n", &["main.tf:1:10 Invalid variable name"]),
        ("variable \"x\" {}\nvariable \"x\" {}\n", &["main.tf:2:1 Duplicate variable declaration"]),
        ("variable \"x\" {\n  default = var.y\n}\n", &["main.tf:2:13 Variables not allowed"]),
        ("variable \"x\" {\n  default = upper(\"a\")\n}\n", &["main.tf:2:13 Function calls not allowed"]),
        (
            "variable \"x\" {\n  type    = list(string)\n  default = \"a\"\n}\n",
            &["main.tf:3:13 Invalid default value for variable"],
        ),
        ("variable \"x\" {\n  type    = number\n  default = \"12\"\n}\n", &[]),
        (
            "variable \"x\" {\n  type    = object({ a = string, b = optional(number, 1) })\n  default = { a = \"1\" }\n}\n",
            &[],
        ),
        (
            "variable \"x\" {\n  default  = null\n  nullable = false\n}\n",
            &["main.tf:2:14 Invalid default value for variable"],
        ),
        ("variable \"x\" {\n  sensitive = \"maybe\"\n}\n", &["main.tf:2:15 Unsuitable value type"]),
        (
            "variable \"x\" {\n  validation {\n    condition = true\n  }\n}\n",
            &["main.tf:2:14 Missing required argument"],
        ),
        ("output \"x\" {}\n", &["main.tf:1:12 Missing required argument"]),
        (
            "output \"x\" {\n  value = 1\n}\noutput \"x\" {\n  value = 2\n}\n",
            &["main.tf:4:1 Duplicate output definition"],
        ),
        ("check \"x\" {}\n", &["main.tf:1:1 Zero assert blocks"]),
    ]);
}

#[test]
fn resources() {
    assert_problems(&[
        (
            "resource \"a_b\" \"x\" {}\nresource \"a_b\" \"x\" {}\n",
            &["main.tf:2:1 Duplicate resource \"a_b\" configuration"],
        ),
        ("data \"a_b\" \"x\" {}\nresource \"a_b\" \"x\" {}\n", &[]),
        (
            "resource \"a_b\" \"x\" {\n  count    = 1\n  for_each = {}\n}\n",
            &["main.tf:3:3 Invalid combination of \"count\" and \"for_each\""],
        ),
        (
            "resource \"a_b\" \"x\" {\n  count = 1\n  lifecycle {\n    enabled = true\n  }\n}\n",
            &["main.tf:4:5 Invalid combination of \"count\" and \"enabled\""],
        ),
        (
            "resource \"a_b\" \"x\" {\n  provider = a.b.c\n}\n",
            &["main.tf:2:14 Invalid provider configuration reference"],
        ),
        (
            "resource \"a_b\" \"x\" {\n  lifecycle {}\n  lifecycle {}\n}\n",
            &["main.tf:3:3 Duplicate lifecycle block"],
        ),
        (
            "resource \"a_b\" \"x\" {\n  lifecycle {\n    ignore_changes = [\"*\", 1 + 1]\n  }\n}\n",
            &["main.tf:3:23 Invalid ignore_changes wildcard", "main.tf:3:28 Invalid expression"],
        ),
        (
            "data \"a_b\" \"x\" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n",
            &["main.tf:3:5 Invalid data resource lifecycle argument"],
        ),
        (
            "resource \"a_b\" \"x\" {\n  lifecycle {\n    replace_triggered_by = [local.a]\n  }\n}\n",
            &[
                "main.tf:3:29 Invalid reference in replace_triggered_by expression",
                "main.tf:3:29 Invalid replace_triggered_by expression",
            ],
        ),
        (
            "resource \"a_b\" \"x\" {\n  provisioner \"local-exec\" {\n    when       = never\n    on_failure = 1\n  }\n}\n",
            &["main.tf:3:18 Invalid \"when\" keyword", "main.tf:4:18 Invalid \"on_failure\" keyword"],
        ),
        (
            "resource \"a_b\" \"x\" {\n  provisioner \"chef\" {}\n}\n",
            &["main.tf:2:15 The \"chef\" provisioner has been removed"],
        ),
        ("resource \"a_b\" \"x\" {\n  depends_on = a_b.y\n}\n", &["main.tf:2:16 Invalid expression"]),
    ]);
}

#[test]
fn refactoring_statements() {
    assert_problems(&[
        ("moved {\n  from = a_b.x\n  to   = module.m\n}\n", &["main.tf:1:1 Invalid \"moved\" addresses"]),
        ("moved {\n  from = a_b\n  to   = a_b.x\n}\n", &["main.tf:2:10 Invalid address"]),
        ("removed {\n  from = a_b.x[0]\n}\n", &["main.tf:2:10 Resource instance keys not allowed"]),
        ("removed {\n  from = data.a_b.x\n}\n", &["main.tf:2:10 Data source address not allowed"]),
        (
            "resource \"a_b\" \"x\" {}\nremoved {\n  from = a_b.x\n}\n",
            &["main.tf:2:1 Removed resource still exists"],
        ),
        (
            "import {\n  to = data.a_b.x\n  id = \"i\"\n}\n",
            &["main.tf:2:8 Invalid import address expression"],
        ),
        ("import {\n  to = a_b.x\n}\n", &["main.tf:1:1 Invalid import block"]),
        (
            "--- a_override.tf\nmoved {\n  from = a_b.x\n  to   = a_b.y\n}\n--- main.tf\n",
            &["a_override.tf:1:1 Cannot override \"moved\" blocks"],
        ),
        (
            "--- a_override.tf\nresource \"a_b\" \"x\" {}\n--- main.tf\n",
            &["a_override.tf:1:1 Missing base resource to override"],
        ),
    ]);
}

#[test]
fn module_calls() {
    let child = "--- m/main.tf\nvariable \"need\" {}\nvariable \"may\" {\n  default = 1\n}\noutput \"o\" {\n  value = var.need\n}\n";
    let with = |root: &str| format!("{root}{child}");
    assert_problems(&[
        ("module \"m\" {}\n", &["main.tf:1:12 Missing required argument"]),
        ("module \"m\" {\n  source = \"./nope\"\n}\n", &["main.tf:2:12 Unreadable module directory"]),
        ("module \"m\" {\n  source = \"acme/vpc/aws\"\n}\n", &["main.tf:1:1 Module not installed"]),
        ("module \"m\" {\n  source = \"./\"\n}\n", &["main.tf:2:12 Module calls itself"]),
        (
            "module \"m\" {\n  source = \"./a\"\n}\n--- a/main.tf\nmodule \"m\" {\n  source = \"../b\"\n}\n--- b/main.tf\nmodule \"m\" {\n  source = \"../a\"\n}\n",
            &["b/main.tf:2:12 Module calls itself"],
        ),
        (
            &with("module \"m\" {\n  source = \"./m\"\n  nead = 1\n}\n"),
            &["main.tf:1:12 Missing required argument", "main.tf:3:3 Unsupported argument"],
        ),
        (
            &with("module \"m\" {\n  source = \"./m\"\n  need = 1\n  may {}\n}\n"),
            &["main.tf:4:3 Unsupported block type"],
        ),
        (
            &with("module \"m\" {\n  source = \"./m\"\n  version = \"1.0\"\n  need = 1\n}\n"),
            &["main.tf:3:13 Invalid version argument"],
        ),
        (
            "module \"m\" {\n  source = \"./m\"\n}\n--- m/main.tf\nimport {\n  to = a_b.x\n  id = \"i\"\n}\n",
            &["m/main.tf:1:1 Invalid import configuration"],
        ),
    ]);
}

#[test]
fn provider_configurations() {
    let expects = "--- m/main.tf\nterraform {\n  required_providers {\n    a = {\n      source                = \"acme/a\"\n      configuration_aliases = [a.x]\n    }\n  }\n}\n";
    let with = |root: &str| format!("{root}{expects}");
    assert_problems(&[
        ("provider \"a\" {}\nprovider \"a\" {}\n", &["main.tf:2:1 Duplicate provider configuration"]),
        ("provider \"a\" {\n  count = 1\n}\n", &["main.tf:2:3 Reserved argument name in provider block"]),
        (
            "resource \"a_b\" \"x\" {\n  provider = a.west\n}\n",
            &["main.tf:2:14 Provider configuration not present"],
        ),
        (
            &with("module \"m\" {\n  source = \"./m\"\n}\n"),
            &["main.tf:1:1 Missing required provider configuration"],
        ),
        (
            &with(
                "provider \"a\" {\n  alias = \"w\"\n}\nmodule \"m\" {\n  source = \"./m\"\n  providers = {\n    a.x = a.w\n  }\n}\n",
            ),
            &["main.tf:7:11 Provider type mismatch"],
        ),
        (
            "module \"m\" {\n  source    = \"./m\"\n  providers = { a = a.w }\n}\n--- m/main.tf\nresource \"a_b\" \"x\" {}\n",
            &[
                "main.tf:3:17 Reference to undefined provider",
                "main.tf:3:21 Provider configuration not present",
            ],
        ),
        (
            "module \"m\" {\n  source = \"./m\"\n  count  = 2\n}\n--- m/main.tf\nprovider \"a\" {\n  region = 1\n}\n",
            &["main.tf:3:12 Module is incompatible with count, for_each, and depends_on"],
        ),
        (
            "module \"m\" {\n  source    = \"./m\"\n  providers = { a = a }\n}\n--- m/main.tf\nprovider \"a\" {\n  region = 1\n}\n",
            &["main.tf:3:17 Cannot override provider configuration"],
        ),
    ]);
}

#[test]
fn references() {
    assert_problems(&[
        (
            "locals {\n  a = [var.x, local.b, a_b.c.id, data.a_b.c, module.m.o]\n}\n",
            &[
                "main.tf:2:8 Reference to undeclared input variable",
                "main.tf:2:15 Reference to undeclared local value",
                "main.tf:2:24 Reference to undeclared resource",
                "main.tf:2:34 Reference to undeclared resource",
                "main.tf:2:46 Reference to undeclared module",
            ],
        ),
        ("locals {\n  a = [for x in [1] : x]\n  b = { for k, v in {} : k => v.id }\n}\n", &[]),
        (
            "locals {\n  a = [count.index, each.key, self.id, path.modul, terraform.env]\n}\n",
            &[
                "main.tf:2:8 Reference to \"count\" in non-counted context",
                "main.tf:2:21 Reference to \"each\" in context without for_each",
                "main.tf:2:31 Invalid \"self\" reference",
                "main.tf:2:40 Invalid \"path\" attribute",
                "main.tf:2:52 Invalid \"terraform\" attribute",
            ],
        ),
        (
            "resource \"a_b\" \"x\" {\n  count = count.index\n  n     = [count.index, count.length]\n}\n",
            &[
                "main.tf:2:11 Reference to \"count\" in non-counted context",
                "main.tf:3:25 Invalid \"count\" attribute",
            ],
        ),
        ("resource \"a_b\" \"x\" {\n  me = a_b.x.id\n}\n", &["main.tf:2:8 Self-referential block"]),
        (
            "resource \"a_b\" \"x\" {\n  dynamic \"rule\" {\n    for_each = local.none\n    iterator = it\n    content {\n      port = [it.value, rule.value.port, local.none]\n    }\n  }\n}\n",
            &[
                "main.tf:3:16 Reference to undeclared local value",
                "main.tf:6:25 Reference to undeclared resource",
                "main.tf:6:42 Reference to undeclared local value",
            ],
        ),
        (
            "resource \"a_b\" \"x\" {\n  provisioner \"p\" {\n    when    = destroy\n    command = \"${self.id}${path.module}${var.v}\"\n  }\n}\nvariable \"v\" {}\n",
            &["main.tf:4:42 Invalid reference from destroy provisioner"],
        ),
        (
            "resource \"a_b\" \"n\" {\n  count = 2\n}\nresource \"a_b\" \"e\" {\n  for_each = {}\n}\nresource \"a_b\" \"s\" {}\nlocals {\n  bad  = [a_b.n.id, a_b.e.id, a_b.s[0].id]\n  good = [a_b.n[0].id, a_b.n[*].id, a_b.n.*.id, length(a_b.n), a_b.e[\"k\"].id, a_b.s.id, a_b.s[*].id]\n}\n",
            &[
                "main.tf:9:11 Missing resource instance key",
                "main.tf:9:21 Missing resource instance key",
                "main.tf:9:31 Unexpected resource instance key",
            ],
        ),
        (
            "resource \"a_b\" \"x\" {}\nresource \"a_b\" \"y\" {\n  depends_on = [a_b.x, a_b.x.id, a_b.z]\n}\n",
            &["main.tf:3:24 Invalid depends_on reference", "main.tf:3:34 Reference to undeclared resource"],
        ),
        (
            "variable \"x\" {\n  validation {\n    condition     = local.y\n    error_message = \"no\"\n  }\n}\nlocals {\n  y = true\n}\n",
            &["main.tf:3:21 Invalid variable validation condition"],
        ),
        (
            "--- main.tf.json\n{\"output\": {\"o\": {\"value\": \"${var.x}\"}}}\n",
            &["main.tf.json:1:31 Reference to undeclared input variable"],
        ),
    ]);
}
