//! Events as lines.

use super::phrase::{begins, duration, elapsed_note, ends, ephemeral, id_note};
use crate::Palette;
use crate::palette::paint;
use crate::text::visible;
use std::collections::HashMap;
use std::sync::Arc;
use terrane_address::ResourceInstance;
use terrane_diagnostics::Severity;
use terrane_plan::{Action, EphemeralStep, Event};

/// Batches of more objects than this are summarised.
const FEW: usize = 10;

/// Turns events into lines; knows what is going on in between.
pub(crate) struct Lines {
    palette: Palette,
    /// The batch that each object is read in, for batches that are summarised.
    batch_of: HashMap<ResourceInstance, usize>,
    batches: Vec<Batch>,
    ids: HashMap<ResourceInstance, Arc<str>>,
}

struct Batch {
    type_name: Arc<str>,
    total: usize,
    left: usize,
}

impl Lines {
    pub(crate) fn new(palette: Palette) -> Lines {
        Lines { palette, batch_of: HashMap::new(), batches: Vec::new(), ids: HashMap::new() }
    }

    /// The lines that an event gives, most often none or one.
    pub(crate) fn event(&mut self, event: &Event) -> Vec<String> {
        match event {
            Event::RefreshStarted { addresses, type_name } => self.batch(addresses, type_name),
            Event::Refreshed { address, id } => self.refreshed(address, id.as_deref()),
            Event::ImportStarted { address, key } => {
                self.one(address, &format!("Preparing import... [{}={key}]", key.argument()))
            }
            Event::Imported { address, key } => {
                self.one(address, &format!("Import complete [{}={key}]", key.argument()))
            }
            Event::ReadStarted { address } => self.one(address, "Reading..."),
            Event::ReadDone { address, id, elapsed } => {
                let text = format!("Read complete after {}{}", duration(*elapsed), id_note(id.as_deref()));
                self.one(address, &text)
            }
            Event::ApplyStarted { address, action, id } => {
                if let Some(id) = id {
                    self.ids.insert(address.clone(), id.clone());
                }
                self.one(address, &format!("{}...{}", begins(*action), id_note(id.as_deref())))
            }
            Event::ApplyProgress { address, action, elapsed } => {
                let note = elapsed_note(self.ids.get(address).map(|i| &**i), *elapsed);
                self.one(address, &format!("Still {}...{note}", begins(*action).to_lowercase()))
            }
            Event::ApplyDone { address, action, id, elapsed } => {
                self.ids.remove(address);
                let id = id.as_deref().filter(|_| *action != Action::Delete);
                let text = format!("{} complete after {}{}", ends(*action), duration(*elapsed), id_note(id));
                self.one(address, &text)
            }
            Event::ApplyFailed { address, action, elapsed } => {
                self.ids.remove(address);
                let text = format!("{} errored after {}", ends(*action), duration(*elapsed));
                vec![paint(self.palette.error, format!("{address}: {text}"))]
            }
            Event::ProvisionStarted { address, kind } => {
                self.one(address, &format!("Provisioning with '{kind}'..."))
            }
            Event::ProvisionOutput { address, kind, line } => {
                let title = paint(self.palette.strong, format!("{address} ({kind}):"));
                vec![format!("{title} {}", visible(line))]
            }
            Event::Stopping => vec![format!(
                "{} What is in progress comes to its end first; a second interrupt ends the run at once.",
                paint(self.palette.strong, "Stopping operation...")
            )],
            Event::Diagnostic(diagnostic) => {
                let (word, style) = match diagnostic.severity {
                    Severity::Error => ("Error", self.palette.error),
                    Severity::Warning => ("Warning", self.palette.warning),
                };
                vec![paint(style, format!("{word}: {}", diagnostic.summary))]
            }
            Event::EphemeralStarted { step: EphemeralStep::Renew, .. } => Vec::new(),
            Event::EphemeralStarted { address, step } => {
                self.one(address, &format!("{}...", ephemeral(*step)))
            }
            Event::EphemeralDone { address, step, elapsed } => {
                self.one(address, &format!("{} complete after {}", ephemeral(*step), duration(*elapsed)))
            }
            Event::Drift(_)
            | Event::Planned(_)
            | Event::ApplyUnneeded { .. }
            | Event::ProvisionDone { .. } => Vec::new(),
        }
    }

    fn one(&self, address: &ResourceInstance, text: &str) -> Vec<String> {
        vec![paint(self.palette.strong, format!("{address}: {text}"))]
    }

    fn batch(&mut self, addresses: &[ResourceInstance], type_name: &Arc<str>) -> Vec<String> {
        if addresses.len() <= FEW {
            return Vec::new();
        }
        let batch = Batch { type_name: type_name.clone(), total: addresses.len(), left: addresses.len() };
        self.batches.push(batch);
        for address in addresses {
            self.batch_of.insert(address.clone(), self.batches.len() - 1);
        }
        let text = format!("{type_name}: Refreshing state of {} objects...", addresses.len());
        vec![paint(self.palette.strong, text)]
    }

    fn refreshed(&mut self, address: &ResourceInstance, id: Option<&str>) -> Vec<String> {
        let Some(batch) = self.batch_of.remove(address) else {
            return self.one(address, &format!("Refreshing state...{}", id_note(id)));
        };
        let batch = &mut self.batches[batch];
        batch.left -= 1;
        if batch.left > 0 {
            return Vec::new();
        }
        let text = format!("{}: Refresh complete ({} objects)", batch.type_name, batch.total);
        vec![paint(self.palette.strong, text)]
    }
}
