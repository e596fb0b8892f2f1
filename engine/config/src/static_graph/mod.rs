//! What depends on what, as far as the text of the configuration tells: one node for each
//! declaration, whatever `count` and `for_each` make of it.

mod cycle;
mod dot;
mod operation_dot;
mod targets;

pub use cycle::{Cycle, CycleStep};
pub use operation_dot::DotOptions;

use crate::check::references_at;
use crate::sites::{Owner, sites};
use crate::{Config, Module};
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use terrane_address::{ConfigResource, ModulePath};
use terrane_diagnostics::{Diagnostics, Span};

/// A declaration, as a node of the graph.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StaticNode {
    /// A variable, which depends on what the module's caller passes.
    Variable(ModulePath, Arc<str>),
    /// A local value.
    Local(ModulePath, Arc<str>),
    /// An output value.
    Output(ModulePath, Arc<str>),
    /// A resource.
    Resource(ConfigResource),
    /// A provider configuration: local name and alias.
    Provider(ModulePath, Arc<str>, Option<Arc<str>>),
    /// How many instances a module call has; everything in the module depends on it.
    Call(ModulePath, Arc<str>),
}

/// Declarations and what they depend on: edges lead from the dependent to the dependency.
#[derive(Clone, Debug)]
pub struct StaticGraph {
    /// The declarations with the places where they stand; each edge has the place of the
    /// reference, when there is one.
    pub graph: DiGraph<(StaticNode, Span), Option<Span>>,
    index: HashMap<StaticNode, NodeIndex>,
}

impl StaticGraph {
    /// The graph of a whole configuration. References that lead nowhere are left out.
    pub fn new(config: &Config) -> StaticGraph {
        let mut graph = StaticGraph { graph: DiGraph::new(), index: HashMap::new() };
        for module in config.modules.values() {
            graph.add_nodes(module);
        }
        for module in config.modules.values() {
            graph.add_edges(config, module);
        }
        graph
    }

    /// The node's index in `graph`.
    pub fn node(&self, node: &StaticNode) -> Option<NodeIndex> {
        self.index.get(node).copied()
    }

    fn add_nodes(&mut self, module: &Module) {
        let path = || module.path.clone();
        let mut add = |node: StaticNode, span: Span| {
            let index = self.graph.add_node((node.clone(), span));
            self.index.insert(node, index);
        };
        module.variables.values().for_each(|v| add(StaticNode::Variable(path(), v.name.clone()), v.span));
        module.locals.values().for_each(|l| add(StaticNode::Local(path(), l.name.clone()), l.span));
        module.outputs.values().for_each(|o| add(StaticNode::Output(path(), o.name.clone()), o.span));
        module.calls.values().for_each(|c| add(StaticNode::Call(path(), c.name.clone()), c.span));
        for ((name, alias), provider) in &module.providers {
            add(StaticNode::Provider(path(), name.clone(), alias.clone()), provider.span);
        }
        for (resource, block) in &module.resources {
            let resource = ConfigResource { module: path(), resource: resource.clone() };
            add(StaticNode::Resource(resource), block.span);
        }
    }

    fn add_edge(&mut self, from: NodeIndex, node: &StaticNode, at: Option<Span>) {
        // What else refers to itself has checks of its own, or is no cycle, as a variable in its validation.
        if let Some(&to) = self.index.get(node)
            && (from != to || matches!(node, StaticNode::Local(..)))
        {
            self.graph.add_edge(from, to, at);
        }
    }

    fn add_edges(&mut self, config: &Config, module: &Module) {
        let mut ignored = Diagnostics::new();
        for site in sites(module) {
            let Some(from) = self.owner(module, site.owner) else { continue };
            for reference in references_at(config, &site, &mut ignored) {
                for node in targets::of_reference(config, module, &reference.subject) {
                    self.add_edge(from, &node, Some(reference.span));
                }
            }
        }
        for (owner, dependency) in targets::depends_on(module) {
            let Some(from) = self.owner(module, owner) else { continue };
            for node in targets::of_dependency(config, module, &dependency.reference.subject) {
                self.add_edge(from, &node, Some(dependency.reference.span));
            }
        }
        self.add_provider_edges(config, module);
        if let Some((parent, name)) = module.path.split() {
            let call = StaticNode::Call(parent, name.clone());
            for node in targets::declared(module) {
                if let Some(from) = self.node(&node) {
                    self.add_edge(from, &call, None);
                }
            }
        }
    }

    fn add_provider_edges(&mut self, config: &Config, module: &Module) {
        for (resource, block) in &module.resources {
            let resource = ConfigResource { module: module.path.clone(), resource: resource.clone() };
            let Some(address) = config.resource_providers.get(&resource) else { continue };
            let Some(declaring) = config.module(&address.module) else { continue };
            let declared = declaring.providers.values().find(|p| {
                p.alias == address.alias && declaring.provider_address(&p.local_name) == address.provider
            });
            if let (Some(provider), Some(from)) = (declared, self.node(&StaticNode::Resource(resource))) {
                let (name, alias) = (provider.local_name.clone(), provider.alias.clone());
                let node = StaticNode::Provider(address.module.clone(), name, alias);
                self.add_edge(from, &node, Some(block.provider.span));
            }
        }
    }

    /// The node of the declaration that an expression belongs to; what only checks has none.
    fn owner(&self, module: &Module, owner: Owner<'_>) -> Option<NodeIndex> {
        let path = module.path.clone();
        self.node(&match owner {
            Owner::Check(_) | Owner::Action(_) | Owner::Statement => return None,
            // A value that is not valid is not used, so what the validations need comes first.
            Owner::Variable(variable) => StaticNode::Variable(path, variable.name.clone()),
            Owner::Local(local) => StaticNode::Local(path, local.name.clone()),
            Owner::Output(output) => StaticNode::Output(path, output.name.clone()),
            Owner::Resource(r) => {
                StaticNode::Resource(ConfigResource { module: path, resource: r.resource.clone() })
            }
            Owner::Provider(p) => StaticNode::Provider(path, p.local_name.clone(), p.alias.clone()),
            Owner::Call(call) => StaticNode::Call(path, call.name.clone()),
            Owner::Argument(call, name) => StaticNode::Variable(path.child(call.name.clone()), name.into()),
        })
    }
}

/// As the declaration is written in references: `module.net.local.cidr`, `aws_vpc.main`.
impl fmt::Display for StaticNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = match self {
            StaticNode::Resource(resource) => return write!(f, "{resource}"),
            StaticNode::Variable(path, _)
            | StaticNode::Local(path, _)
            | StaticNode::Output(path, _)
            | StaticNode::Provider(path, ..)
            | StaticNode::Call(path, _) => path,
        };
        if !path.is_root() {
            write!(f, "{path}.")?;
        }
        match self {
            StaticNode::Variable(_, name) => write!(f, "var.{name}"),
            StaticNode::Local(_, name) => write!(f, "local.{name}"),
            StaticNode::Output(_, name) => write!(f, "output.{name}"),
            StaticNode::Call(_, name) => write!(f, "module.{name}"),
            StaticNode::Provider(_, name, Some(alias)) => write!(f, "provider.{name}.{alias}"),
            StaticNode::Provider(_, name, None) => write!(f, "provider.{name}"),
            StaticNode::Resource(_) => Ok(()),
        }
    }
}
