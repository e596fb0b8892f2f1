//! Validation by providers of what a configuration says.

use terrane_address::Mode;
use terrane_diagnostics::Diagnostics;
use terrane_evaluate::Evaluator;
use terrane_provider::Providers;

/// Everything that is wrong with a configuration whatever its variables are: expressions, types,
/// and what providers say of each block. `ev` must be a validating evaluator.
pub fn validate(ev: &Evaluator<'_>, providers: &Providers) -> Diagnostics {
    let (found, mut problems) = ev.validate();
    for item in found {
        let Some(provider) = providers.serving(&item.provider) else { continue };
        let more = match &item.resource {
            None => provider.validate_provider(&item.config),
            Some((Mode::Managed, name)) => provider.validate_resource(name, &item.config),
            Some((Mode::Data, name)) => provider.validate_data_source(name, &item.config),
            Some((Mode::Ephemeral, name)) => provider.validate_ephemeral(name, &item.config),
        };
        problems.extend(more.into_iter().map(|mut d| {
            let argument = d.attribute.as_deref().and_then(|path| item.body.argument_span(path));
            d.subject = argument.or(d.subject).or(Some(item.span));
            d
        }));
    }
    problems
}
