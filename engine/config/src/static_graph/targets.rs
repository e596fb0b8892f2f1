//! Which declarations a reference leads to.

use super::StaticNode;
use crate::sites::Owner;
use crate::{Config, Dependency, Module};
use terrane_address::{ConfigResource, Resource};
use terrane_lang::Subject;

/// What an expression in `module` with this reference depends on.
pub(super) fn of_reference(config: &Config, module: &Module, subject: &Subject) -> Vec<StaticNode> {
    let path = || module.path.clone();
    match subject {
        Subject::Variable(name) => vec![StaticNode::Variable(path(), name.clone())],
        Subject::Local(name) => vec![StaticNode::Local(path(), name.clone())],
        Subject::Resource { mode, type_name, name, .. } => {
            let resource = Resource { mode: *mode, type_name: type_name.clone(), name: name.clone() };
            vec![StaticNode::Resource(ConfigResource { module: path(), resource })]
        }
        Subject::Module { name, output, .. } => {
            let child = module.path.child(name.clone());
            if let Some(output) = output {
                let node = StaticNode::Output(child.clone(), output.clone());
                return vec![node, StaticNode::Call(path(), name.clone())];
            }
            let outputs = config.module(&child).map(|m| m.outputs.keys()).into_iter().flatten();
            let outputs = outputs.map(|output| StaticNode::Output(child.clone(), output.clone()));
            outputs.chain([StaticNode::Call(path(), name.clone())]).collect()
        }
        _ => Vec::new(),
    }
}

/// What `depends_on` with this reference waits for: of a module, everything in it.
pub(super) fn of_dependency(config: &Config, module: &Module, subject: &Subject) -> Vec<StaticNode> {
    let Subject::Module { name, .. } = subject else { return of_reference(config, module, subject) };
    let child = module.path.child(name.clone());
    let within = config.modules.values().filter(|m| m.path.0.starts_with(&child.0));
    within.flat_map(|m| declared(m)).collect()
}

/// What is declared in `module` and waits for the call of the module.
pub(super) fn declared(module: &Module) -> Vec<StaticNode> {
    let path = || module.path.clone();
    let resource =
        |r: &Resource| StaticNode::Resource(ConfigResource { module: path(), resource: r.clone() });
    (module.resources.keys().map(resource))
        .chain(module.outputs.keys().map(|name| StaticNode::Output(path(), name.clone())))
        .chain(module.calls.keys().map(|name| StaticNode::Call(path(), name.clone())))
        .collect()
}

/// All entries of `depends_on` in `module`.
pub(super) fn depends_on(module: &Module) -> Vec<(Owner<'_>, &Dependency)> {
    let resources = module
        .resources
        .values()
        .flat_map(|r| r.depends_on.iter().map(move |dependency| (Owner::Resource(r), dependency)));
    let calls = module.calls.values().flat_map(|c| c.depends_on.iter().map(move |d| (Owner::Call(c), d)));
    let outputs =
        module.outputs.values().flat_map(|o| o.depends_on.iter().map(move |d| (Owner::Output(o), d)));
    resources.chain(calls).chain(outputs).collect()
}
